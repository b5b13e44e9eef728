-- The first schema of a benchbot history in SQLite.
--
-- A run's results are written once, as one block beside the run (fresh_results): recording dirties a
-- handful of pages, however many benchmarks there are. When enough fresh runs have gathered, they are
-- folded into one block per series and stretch of runs (packed_results), so that the history of one
-- benchmark is read in a few long reads. internal/history/block.go describes the blocks.

-- +goose Up

-- "bbhi" in ASCII, so that `file` and benchbot know the file for a benchbot history.
PRAGMA application_id = 1650616425;

CREATE TABLE environment (
    id          INTEGER PRIMARY KEY,
    fingerprint TEXT    NOT NULL UNIQUE,
    goos        TEXT    NOT NULL,
    goarch      TEXT    NOT NULL,
    cpu         TEXT    NOT NULL,
    cores       INTEGER NOT NULL,
    go_version  TEXT    NOT NULL,
    kernel      TEXT    NOT NULL,
    runner      TEXT    NOT NULL
) STRICT;

CREATE TABLE benchmark (
    id      INTEGER PRIMARY KEY,
    package TEXT    NOT NULL,
    name    TEXT    NOT NULL,
    procs   INTEGER NOT NULL,
    UNIQUE (package, name, procs)
) STRICT;

-- A series is what may stand in one curve: another environment, source or sampling plan is another
-- series.
CREATE TABLE series (
    id             INTEGER PRIMARY KEY,
    repository     TEXT    NOT NULL,
    environment_id INTEGER NOT NULL REFERENCES environment (id),
    source         TEXT    NOT NULL,
    benchmark_id   INTEGER NOT NULL REFERENCES benchmark (id),
    unit           TEXT    NOT NULL,
    plan           TEXT    NOT NULL,
    UNIQUE (repository, environment_id, source, benchmark_id, unit, plan)
) STRICT;

-- Times are microseconds since 1970 in UTC; NULL where they are not known.
CREATE TABLE run (
    id             INTEGER PRIMARY KEY,
    identity       BLOB    NOT NULL UNIQUE,
    repository     TEXT    NOT NULL,
    commit_id      TEXT    NOT NULL,
    dirty          INTEGER NOT NULL,
    label          TEXT    NOT NULL,
    branch         TEXT    NOT NULL,
    subject        TEXT    NOT NULL,
    parents        TEXT    NOT NULL, -- separated by spaces
    committed      INTEGER,
    measured       INTEGER,
    environment_id INTEGER NOT NULL REFERENCES environment (id),
    source         TEXT    NOT NULL,
    results        INTEGER NOT NULL
) STRICT;

-- The block's keys are series ids.
CREATE TABLE fresh_results (
    run_id INTEGER PRIMARY KEY REFERENCES run (id),
    body   BLOB NOT NULL
) STRICT;

-- The block's keys are run ids, first_run and last_run among them.
CREATE TABLE packed_results (
    series_id INTEGER NOT NULL REFERENCES series (id),
    first_run INTEGER NOT NULL,
    last_run  INTEGER NOT NULL,
    runs      INTEGER NOT NULL,
    body      BLOB    NOT NULL,
    PRIMARY KEY (series_id, first_run)
) STRICT, WITHOUT ROWID;
