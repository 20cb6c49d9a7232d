-- Resources of any type, as documents. What is unique is a row of its own, so that an index decides who has it.

CREATE TABLE documents (
    tenant        TEXT COLLATE "C" NOT NULL,
    resource_type TEXT COLLATE "C" NOT NULL,
    id            TEXT COLLATE "C" NOT NULL,
    version       BIGINT NOT NULL,
    created_at    BIGINT NOT NULL, -- milliseconds since 1970
    updated_at    BIGINT NOT NULL,
    document      JSONB NOT NULL, -- JSON as SCIM writes it
    CONSTRAINT documents_id PRIMARY KEY (tenant, resource_type, id)
);

CREATE TABLE document_keys (
    tenant        TEXT COLLATE "C" NOT NULL,
    resource_type TEXT COLLATE "C" NOT NULL,
    attribute     TEXT COLLATE "C" NOT NULL,
    value_key     TEXT COLLATE "C" NOT NULL,
    id            TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, resource_type, attribute, value_key),
    FOREIGN KEY (tenant, resource_type, id) REFERENCES documents (tenant, resource_type, id) ON DELETE CASCADE
);

CREATE INDEX document_keys_id ON document_keys (tenant, resource_type, id);
