package dev.tramontane.eval.graders;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.util.Optional;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class CodeBlockTest {
    private static void finds(String code, String answer) {
        assertEquals(Optional.of(code), CodeBlock.last(answer));
    }

    @Test
    void the_last_closed_block_counts_with_a_language_or_without() {
        finds("b\n", "```python\na\n```\nbetter:\n```\nb\n```\nso it is");
        finds("b\n", "```\na\n```\n```Python3\nb\n```");
        finds("a\n\n  b\n", "text\n  ```py\na\n\n  b\n  ```");
        finds("", "```python\n```");
        finds("a\n", "```python\r\na\r\n```\r\n");
    }

    @Test
    void a_block_nobody_closed_does_not_count() {
        assertEquals(Optional.empty(), CodeBlock.last("```python\na"));
        assertEquals(Optional.empty(), CodeBlock.last("no code, but `this` and ``` that"));
        assertEquals(Optional.empty(), CodeBlock.last(""));
        finds("a\n", "```python\na\n```\nand then\n```python\nb");
        finds("b\n", "```\nstray\n```python\nb\n```");
    }

    @Test
    void longer_fences_hold_shorter_ones() {
        finds("a\n```\nb\n", "````python\na\n```\nb\n````");
    }

    @Test
    void a_long_answer_is_read_in_one_pass() {
        finds("b\n", "```x\n".repeat(1_000_000) + "b\n```");
    }
}
