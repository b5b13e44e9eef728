-- What was accepted of what a run's commit made worse.

-- +goose Up

ALTER TABLE run ADD COLUMN accepted TEXT NOT NULL DEFAULT ''; -- JSON: a list of name, reason, by
