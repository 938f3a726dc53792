-- Lists of the console that people named, each for its own user alone.

CREATE TABLE saved_view (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES user_account ON DELETE RESTRICT,
    name text NOT NULL,
    address text NOT NULL,                 -- path and query of a list
    created_at timestamptz NOT NULL,
    removed_at timestamptz
);
CREATE UNIQUE INDEX saved_view_name ON saved_view (user_id, lower(name)) WHERE removed_at IS NULL;

ALTER TABLE saved_view ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON saved_view USING (is_administrator()) WITH CHECK (is_administrator());
GRANT SELECT, INSERT, UPDATE ON saved_view TO {app};
