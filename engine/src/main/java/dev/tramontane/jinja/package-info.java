/// The template language of other models' chat formats: Jinja2 as the `transformers` library runs
/// it (`ImmutableSandboxedEnvironment` with `trim_blocks`, `lstrip_blocks`, loop controls and
/// `generation` blocks). Start with {@link dev.tramontane.jinja.Template}.
///
/// ```
/// text ─Lexer─▶ tokens ─StatementParser, ExpressionParser─▶ Statement, Expression
///                                              Renderer, Evaluator ─▶ Text
/// ```
///
/// A template is a stranger's program. It reaches the values it is given and nothing else: the
/// methods and filters are a closed list of ours, there is no reflection, no file, no clock but the
/// one handed in, and {@link dev.tramontane.jinja.Limits} bound steps, output, depth and time.
///
/// Every {@link dev.tramontane.jinja.Text} knows which of its characters the template wrote and
/// which were given to it, through every filter and method. That is how a special token spelled in
/// somebody's message stays text.
package dev.tramontane.jinja;
