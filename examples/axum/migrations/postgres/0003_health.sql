-- What the health check writes: one row.

CREATE TABLE health (
    checked_at BIGINT NOT NULL, -- milliseconds since 1970
    filler     TEXT NOT NULL -- as much as the row of a person and its indexes
);

INSERT INTO health (checked_at, filler) VALUES (0, '');
