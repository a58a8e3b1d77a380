"""Seeds one torrent until it is ended, with libtorrent's defaults but for what is named.

Arguments: the port, the .torrent file, the folder with the data, the number of upload slots (-1: no limit), and what may be
sent in bytes per second with IPv6 first by peer classes (0: no limit, and no classes).
"""

import sys
import time

import libtorrent as lt

port, torrent, folder, slots, rate = sys.argv[1:]
settings = lt.default_settings()
settings.update({
    "unchoke_slots_limit": int(slots),
    "upload_rate_limit": int(rate),
    "listen_interfaces": f"0.0.0.0:{port},[::]:{port}",
    "enable_dht": False,
    "enable_lsd": False,
    "enable_upnp": False,
    "enable_natpmp": False,
    "enable_incoming_utp": False,
    "enable_outgoing_utp": False,
    "alert_mask": int(lt.alert.category_t.error_notification),
})
session = lt.session(settings)
if int(rate):
    # The limit is that of the global class, which all peers are in. Of a peer's classes the highest priority counts.
    ipv6 = session.create_peer_class("ipv6")
    of_ipv6 = session.get_peer_class(ipv6)
    of_ipv6["upload_priority"] = 255
    session.set_peer_class(ipv6, of_ipv6)
    everybody = 1 << lt.session.global_peer_class_id
    classes = lt.ip_filter()
    classes.add_rule("0.0.0.0", "255.255.255.255", everybody)
    classes.add_rule("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", everybody | 1 << ipv6)
    session.set_peer_class_filter(classes)
seed = session.add_torrent({
    "ti": lt.torrent_info(torrent),
    "save_path": folder,
    "flags": lt.torrent_flags.seed_mode,
})
while True:
    time.sleep(1)
    for alert in session.pop_alerts():
        print(alert.message(), flush=True)
