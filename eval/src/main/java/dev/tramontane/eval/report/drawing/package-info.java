/// What reports are drawn with, whatever they tell of: a {@link
/// dev.tramontane.eval.report.drawing.Chart} draws itself on a {@link
/// dev.tramontane.eval.report.drawing.Drawing}, SVG or pixels, and a {@link
/// dev.tramontane.eval.report.drawing.HtmlPage} is one file that asks for nothing.
///
/// `page.css` and `page.js` beside the classes are what all pages share: colours for light, dark
/// and paper, tables, and the button that chooses between the first two.
package dev.tramontane.eval.report.drawing;
