-- One dialect that SQLite and PostgreSQL share. Times are milliseconds since 1970, flags 0 or 1;
-- what is only ever shown (content, plans, outcomes) is JSON in a text.

CREATE TABLE conversations (
    id         TEXT PRIMARY KEY,
    owner      TEXT NOT NULL,
    title      TEXT NOT NULL,
    titled_by  TEXT NOT NULL,     -- words of the first message, the model, or a person
    folded     TEXT NOT NULL,     -- the title as searches compare it
    pinned     INTEGER NOT NULL,
    archived   INTEGER NOT NULL,
    leaf       TEXT,              -- the message that the branch shown last ends with
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE INDEX conversations_listed ON conversations (owner, archived, pinned, updated_at, id);

-- A tree: messages with one parent are branches.
CREATE TABLE messages (
    id              TEXT PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    parent_id       TEXT,
    role            TEXT NOT NULL,
    content         TEXT NOT NULL,
    attachments     TEXT NOT NULL,
    thinking        TEXT NOT NULL,
    folded          TEXT NOT NULL,
    created_at      BIGINT NOT NULL
);

CREATE INDEX messages_told ON messages (conversation_id, created_at, id);

-- What belongs to a message that a model wrote, or writes.
CREATE TABLE answers (
    message_id TEXT PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    plan       TEXT NOT NULL,
    state      TEXT NOT NULL,
    outcome    TEXT NOT NULL,
    beat_at    BIGINT NOT NULL    -- when whoever writes it was last seen alive
);

CREATE INDEX answers_running ON answers (state, beat_at);

-- A running answer as far as it is stored: at its end the pieces become the message.
CREATE TABLE pieces (
    message_id TEXT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    number     BIGINT NOT NULL,
    thinking   TEXT NOT NULL,
    text       TEXT NOT NULL,
    PRIMARY KEY (message_id, number)
);
