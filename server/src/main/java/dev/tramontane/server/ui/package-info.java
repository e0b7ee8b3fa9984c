/// The files of the chat page: `ui/` of the repository, packed into this module's jar as it is, and
/// chosen files of the libraries that it uses, from their WebJars. Start with {@link
/// dev.tramontane.server.ui.UiFiles}.
@org.jspecify.annotations.NullMarked
package dev.tramontane.server.ui;
