-- How fast the machine did benchbot's own reference work when the run was recorded.

-- +goose Up

ALTER TABLE run ADD COLUMN reference TEXT NOT NULL DEFAULT '';
