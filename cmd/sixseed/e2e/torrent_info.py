"""Prints what libtorrent says of a .torrent file, as JSON with the keys of `sixseed show --json`."""
import json
import sys

import libtorrent

info = libtorrent.torrent_info(sys.argv[1])
hashes = info.info_hashes()
tiers = {}  # their trackers are shuffled, as BEP 12 has it
for tracker in info.trackers():
    tiers.setdefault(tracker.tier, []).append(tracker.url)
files = info.files()
padding = libtorrent.file_flags_t.flag_pad_file
print(json.dumps({
    "name": info.name(),
    "info_hash_v1": str(hashes.v1) if hashes.has_v1() else "",
    "info_hash_v2": str(hashes.v2) if hashes.has_v2() else "",
    "length": sum(files.file_size(i) for i in range(files.num_files()) if not files.file_flags(i) & padding),
    "piece_length": info.piece_length(),
    "pieces": info.num_pieces(),
    "tiers": [sorted(tiers[tier]) for tier in sorted(tiers)],
    "webseeds": [seed["url"] for seed in info.web_seeds()],
    "private": info.priv(),
    "comment": info.comment(),
}))
