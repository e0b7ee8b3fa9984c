/// One port, every client: the APIs of OpenAI, Mistral, Anthropic and Ollama over models of this
/// machine.
///
/// {@link dev.tramontane.server.Server} opens the port, {@link dev.tramontane.server.Routes} is the
/// table of what it answers, on one screen; each endpoint is a class. What all of them have in
/// common (who may ask, how much at a time, what an error looks like) is {@link
/// dev.tramontane.server.Dispatch}.
package dev.tramontane.server;
