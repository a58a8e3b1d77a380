-- Times are seconds since 1970 in UTC: the beginning of the period that a bucket covers. family is 4 or 6, amounts are bytes.

CREATE TABLE torrents (
    id        INTEGER PRIMARY KEY,
    info_hash BLOB NOT NULL UNIQUE CHECK (length(info_hash) = 20),
    name      TEXT NOT NULL -- the last one known
) STRICT;

-- All torrents together: what a 95th percentile needs, and no more.
CREATE TABLE traffic_5min (
    start    INTEGER NOT NULL,
    family   INTEGER NOT NULL CHECK (family IN (4, 6)),
    payload  INTEGER NOT NULL,
    overhead INTEGER NOT NULL,
    received INTEGER NOT NULL,
    PRIMARY KEY (start, family)
) STRICT, WITHOUT ROWID;

CREATE TABLE traffic_hour (
    start    INTEGER NOT NULL,
    torrent  INTEGER NOT NULL REFERENCES torrents (id),
    family   INTEGER NOT NULL CHECK (family IN (4, 6)),
    payload  INTEGER NOT NULL,
    overhead INTEGER NOT NULL,
    received INTEGER NOT NULL,
    PRIMARY KEY (start, torrent, family)
) STRICT, WITHOUT ROWID;

CREATE TABLE traffic_day (
    start    INTEGER NOT NULL,
    torrent  INTEGER NOT NULL REFERENCES torrents (id),
    family   INTEGER NOT NULL CHECK (family IN (4, 6)),
    payload  INTEGER NOT NULL,
    overhead INTEGER NOT NULL,
    received INTEGER NOT NULL,
    PRIMARY KEY (start, torrent, family)
) STRICT, WITHOUT ROWID;

CREATE TABLE traffic_month (
    start    INTEGER NOT NULL,
    torrent  INTEGER NOT NULL REFERENCES torrents (id),
    family   INTEGER NOT NULL CHECK (family IN (4, 6)),
    payload  INTEGER NOT NULL,
    overhead INTEGER NOT NULL,
    received INTEGER NOT NULL,
    PRIMARY KEY (start, torrent, family)
) STRICT, WITHOUT ROWID;

-- For as long as the ledger exists.
CREATE TABLE traffic_total (
    torrent  INTEGER NOT NULL REFERENCES torrents (id),
    family   INTEGER NOT NULL CHECK (family IN (4, 6)),
    payload  INTEGER NOT NULL,
    overhead INTEGER NOT NULL,
    received INTEGER NOT NULL,
    PRIMARY KEY (torrent, family)
) STRICT, WITHOUT ROWID;

-- What the library remembers of hashing. Keys and values are its own.
CREATE TABLE verified (
    key   TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- One row, rewritten to find out whether the ledger can still be written.
CREATE TABLE probe (
    at INTEGER NOT NULL
) STRICT;

INSERT INTO probe (at) VALUES (0);
