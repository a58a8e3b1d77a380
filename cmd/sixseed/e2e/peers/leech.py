"""Downloads one torrent over the given addresses, and ends when the data are complete; or seeds it until it is ended.

Arguments: the .torrent file, the folder for the data, ADDRESS:PORT to use or more of them with commas, "plain" or "rc4",
bytes per second or 0, "leech" or "seed".
"""

import sys
import time

import libtorrent as lt

torrent, folder, interfaces, encryption, limit, role = sys.argv[1:]
policy = lt.enc_policy.forced if encryption == "rc4" else lt.enc_policy.disabled
session = lt.session({
    "listen_interfaces": interfaces,
    # Of several it would take one after the other, whether a peer's family is the same or not.
    "outgoing_interfaces": "" if "," in interfaces else interfaces.rpartition(":")[0].strip("[]"),
    "in_enc_policy": int(policy),
    "out_enc_policy": int(policy),
    "allowed_enc_level": int(lt.enc_level.rc4),
    "enable_dht": False,
    "enable_lsd": False,
    "enable_upnp": False,
    "enable_natpmp": False,
    "enable_incoming_utp": False,
    "enable_outgoing_utp": False,
    "announce_to_all_tiers": True,  # the other family's tier cannot be reached from here
    "alert_mask": int(lt.alert.category_t.error_notification | lt.alert.category_t.tracker_notification
                      | lt.alert.category_t.connect_notification | lt.alert.category_t.status_notification
                      | lt.alert.category_t.peer_notification),
})
download = session.add_torrent({
    "ti": lt.torrent_info(torrent),
    "save_path": folder,
    "flags": lt.torrent_flags.disable_pex,
})
download.set_download_limit(int(limit))  # the session's own does not hold for peers on this machine
while role == "seed" or not download.status().is_seeding:
    time.sleep(0.05)
    for alert in session.pop_alerts():
        print(alert.message(), flush=True)
del download, session  # waits for "stopped" to be announced and for the disk
