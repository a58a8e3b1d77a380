"""Seeds one torrent until it is ended, to everybody who asks.

Arguments: the port, the .torrent file, the folder with the data, and "usual" for libtorrent's defaults or "tuned" for its
own choice for fast seeding, with large buffers.
"""

import sys
import time

import libtorrent as lt

port, torrent, folder, style = sys.argv[1:]
settings = lt.high_performance_seed() if style == "tuned" else lt.default_settings()
settings.update({
    "unchoke_slots_limit": -1,
    "connections_limit": 8000,
    "listen_interfaces": f"127.0.0.1:{port},[::1]:{port}",
    "allow_multiple_connections_per_ip": True,
    "peer_timeout": 120,  # the default again: the preset's 20 s are for swarms that take the place of who hangs up
    "inactivity_timeout": 600,
    "suggest_mode": int(lt.suggest_mode_t.no_piece_suggestions),  # nobody here would follow a suggestion
    "max_rejects": 1000,
    "enable_dht": False,
    "enable_lsd": False,
    "enable_upnp": False,
    "enable_natpmp": False,
    "enable_incoming_utp": False,
    "enable_outgoing_utp": False,
    "alert_mask": int(lt.alert.category_t.error_notification),
})
session = lt.session(settings)
seed = session.add_torrent({
    "ti": lt.torrent_info(torrent),
    "save_path": folder,
    "flags": lt.torrent_flags.seed_mode | lt.torrent_flags.disable_pex,
})
while True:
    time.sleep(1)
    for alert in session.pop_alerts():
        print(alert.message(), flush=True)
