/// Which language a text is in.
package dev.tramontane.eval.language;
