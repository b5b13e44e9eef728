-- How far each history branch has been read into this store.

-- +goose Up

CREATE TABLE pulled (
    branch TEXT NOT NULL PRIMARY KEY, -- repository, remote and branch
    tip    TEXT NOT NULL              -- the commit up to which all files are in the store
) STRICT, WITHOUT ROWID;
