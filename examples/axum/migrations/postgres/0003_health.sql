-- What the health check writes: one row.

CREATE TABLE health (
    checked_at BIGINT NOT NULL -- milliseconds since 1970
);

INSERT INTO health (checked_at) VALUES (0);
