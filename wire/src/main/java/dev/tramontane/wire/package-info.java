/// What talks to other machines: {@link dev.tramontane.wire.Hub} fetches models into the store,
/// {@link dev.tramontane.wire.UpstreamModel} asks models that answer elsewhere.
///
/// A hub is whatever answers as Hugging Face's does:
///
/// ```
/// GET /api/models/OWNER/REPO/revision/REV?blobs=true   the commit, and its files with lengths and digests
/// GET /api/models/OWNER/REPO/tree/REV?recursive=true   the files, page by page; for hubs that know only this
/// GET /OWNER/REPO/resolve/COMMIT/PATH                  a file, often by way of a redirect
/// ```
///
/// Data sets are the same behind `/api/datasets/` and `/datasets/`.
///
/// Large files have a sha256, small ones the SHA-1 that git gives a blob: every byte that arrives
/// is held against what the listing said, and the listing is asked for once, over a connection that
/// is never exchanged for a weaker one.
///
/// A server of models is whatever answers as OpenAI's or Mistral's does:
///
/// ```
/// POST /v1/chat/completions   a conversation; the answer as server-sent events, or in one piece
/// GET  /v1/models             what it has
/// ```
///
/// The other side of the same protocol, and of others, is written and read here, too: {@link
/// dev.tramontane.wire.ChatCompletions}, {@link dev.tramontane.wire.AnthropicMessages} and {@link
/// dev.tramontane.wire.OllamaRequests} read what clients ask, an {@link
/// dev.tramontane.wire.Answering} for each tells them the answer.
package dev.tramontane.wire;
