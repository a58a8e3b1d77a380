"""Seeds one torrent until it is ended, and prints what its session says, who connects among it.

Arguments: the .torrent file, the folder with the data, the addresses and ports to listen on, "plain" or "rc4".
"""

import sys
import time

import libtorrent as lt

torrent, folder, interfaces, encryption = sys.argv[1:]
policy = lt.enc_policy.forced if encryption == "rc4" else lt.enc_policy.disabled
session = lt.session({
    "listen_interfaces": interfaces,
    "in_enc_policy": int(policy),
    "out_enc_policy": int(policy),
    "allowed_enc_level": int(lt.enc_level.rc4),
    "enable_dht": False,
    "enable_lsd": False,
    "enable_upnp": False,
    "enable_natpmp": False,
    "enable_incoming_utp": False,
    "enable_outgoing_utp": False,
    "announce_to_all_tiers": True,
    "alert_mask": int(lt.alert.category_t.connect_notification | lt.alert.category_t.error_notification
                      | lt.alert.category_t.tracker_notification),
})
session.add_torrent({
    "ti": lt.torrent_info(torrent),
    "save_path": folder,
    "flags": lt.torrent_flags.seed_mode | lt.torrent_flags.disable_pex,
})
while True:
    time.sleep(0.05)
    for alert in session.pop_alerts():
        print(alert.message(), flush=True)
