-- Service delivery files for councils' payment systems: each with a reference by which the system knows it again.

CREATE TABLE delivery_sequence (           -- one row a provider, locked while a reference is taken
    provider_id uuid PRIMARY KEY REFERENCES organisation ON DELETE RESTRICT,
    last_number integer NOT NULL
);
CALL protect_state('delivery_sequence');

CREATE TABLE delivery_file (
    provider_id uuid NOT NULL,
    number integer NOT NULL,
    document_id uuid NOT NULL,
    template jsonb NOT NULL,               -- as it was when the file was first written
    template_digest bytea NOT NULL,        -- another version of a template makes another file, with its own reference
    media_type text NOT NULL,
    file_name text NOT NULL,
    content bytea NOT NULL,
    sha256 bytea NOT NULL,
    made_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, number),
    UNIQUE (provider_id, document_id, template_digest),
    FOREIGN KEY (provider_id, document_id) REFERENCES document ON DELETE RESTRICT
);
CALL protect_fact('delivery_file');
CREATE POLICY commissioner ON delivery_file FOR SELECT USING (EXISTS (
    SELECT FROM document d WHERE d.provider_id = delivery_file.provider_id AND d.id = delivery_file.document_id));
