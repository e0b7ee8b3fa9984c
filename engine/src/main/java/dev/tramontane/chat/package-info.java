/// The upper floor: messages in, events out. Start with {@link dev.tramontane.chat.ChatModel}.
///
/// A request becomes a prompt in {@link dev.tramontane.chat.InstructTemplate}, after the rules of
/// {@link dev.tramontane.chat.TemplateRules}; generated tokens become events in {@link
/// dev.tramontane.chat.OutputParser}. Where no system message is given, thinking models are told
/// how to think: the texts lie beside this package as resources `system-prompts/RELEASE.txt`, and a
/// file `system_prompt.txt` in the model's folder takes their place. Such a file is UTF-8; its last
/// line break does not count, and a passage between `[THINK]` and `[/THINK]` is written as
/// thinking.
package dev.tramontane.chat;
