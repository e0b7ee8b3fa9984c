/// The chat page as people meet it: a real browser against the real server. Start with `Chromium`.
@org.jspecify.annotations.NullMarked
package dev.tramontane.browser;
