/// Documents that people attach, as text. Start with {@link
/// dev.tramontane.server.document.Documents}. Nothing here knows of HTTP.
@org.jspecify.annotations.NullMarked
package dev.tramontane.server.document;
