package dev.tramontane.tokenizer;

/// Any two symbols are joined whose bytes together are a token; the token's priority counts.
///
/// @param priorities int[vocab], by id: which token is made first, lowest first
record TokenPriorities(TokenTable table, int[] byId, int priorities) implements Joining {
    @Override
    public long join(byte[] text, int from, int to, int left, int right) {
        int id = table.find(text, from, to);
        return id == TokenTable.NONE ? NEVER : Joining.pair(byId[id], id);
    }
}
