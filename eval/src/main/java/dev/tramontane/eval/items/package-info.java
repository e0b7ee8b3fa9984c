/// A benchmark's items, read from the files in which they are published. {@link
/// dev.tramontane.eval.items.Rows} reads files, {@link dev.tramontane.eval.items.ItemShape} makes
/// items of their rows.
package dev.tramontane.eval.items;
