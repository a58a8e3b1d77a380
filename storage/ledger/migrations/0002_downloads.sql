-- How often the embedded tracker was told that a torrent's download is complete, for as long as the ledger exists.
CREATE TABLE downloads (
    info_hash BLOB PRIMARY KEY CHECK (length(info_hash) = 20),
    completed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
