package dev.tramontane.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The model store, as its owner uses it.
class StoreCommandsTest {
    private static final Path FOLDER = Tramontane.VECTORS.resolve("tiny-text-a");

    private Path home = Path.of("");

    @BeforeEach
    void make_a_home(@TempDir Path folder) {
        home = folder;
    }

    private Tramontane.Result run(String... args) {
        return Tramontane.program().variable("TRAMONTANE_HOME", home.toString()).with(args);
    }

    private JsonNode json(String... args) {
        Tramontane.Result result = run(args);
        assertEquals(0, result.code(), result.err());
        return Json.parse("output", result.out());
    }

    private void importTiny(String name) {
        assertEquals(
                new Tramontane.Result(0, name + "\n", ""),
                run("import", Tramontane.TINY, "--as", name));
    }

    @Test
    void an_imported_file_answers_by_its_name() {
        importTiny("tiny");
        String[] named = {"run", "-m", "tiny", "--seed=1", "--max-tokens=5", "x"};
        String[] filed = {"run", "-m", Tramontane.TINY, "--seed=1", "--max-tokens=5", "x"};
        assertEquals(0, run(named).code(), run(named).err());
        assertEquals(run(filed).out(), run(named).out());
        assertEquals(
                json("show", Tramontane.TINY, "--json").path("parameters"),
                json("show", "TINY", "--json").path("parameters"));
    }

    @Test
    void an_imported_folder_answers_by_its_name() throws IOException {
        assertEquals("tiny-text-a\n", run("import", FOLDER.toString()).out());
        JsonNode model = json("ls", "--json").path("models").get(0);
        assertEquals("tiny-text-a", model.path("name").stringValue());
        assertEquals(FOLDER.toRealPath().toString(), model.path("source").stringValue());
        Path stored = Path.of(model.path("path").stringValue());
        assertArrayEquals(
                Files.readAllBytes(FOLDER.resolve("consolidated.safetensors")),
                Files.readAllBytes(stored.resolve("consolidated.safetensors")));
        assertFalse(Files.exists(stored.resolve("model.safetensors")), "one layout, never both");
        assertEquals(
                json("show", FOLDER.toString(), "--json").path("network"),
                json("show", "tiny-text-a", "--json").path("network"));
    }

    @Test
    void ls_lists_names_sizes_and_sources() {
        Tramontane.Result none = run("ls");
        assertEquals(0, none.code());
        assertEquals("", none.out());
        assertTrue(none.err().contains("pull or import"), none.err());
        importTiny("tiny");
        importTiny("owner/repo:F32");
        String out = run("ls").out();
        assertTrue(out.startsWith("NAME"), out);
        assertTrue(out.contains("owner/repo:F32  "), out);
        assertEquals(3, out.lines().count());
    }

    @Test
    void a_name_without_its_tag_is_enough_when_it_means_one_model() {
        importTiny("owner/repo:F32");
        assertEquals(0, run("show", "owner/repo").code());
        importTiny("owner/repo:F32b");
        Tramontane.Result several = run("show", "owner/repo");
        assertEquals(1, several.code());
        assertTrue(several.err().contains("owner/repo:F32, owner/repo:F32b"), several.err());
    }

    @Test
    void a_wrong_name_is_answered_with_the_nearest_and_with_what_there_is() {
        importTiny("magistral-small");
        importTiny("owner/repo:Q4_K_M");
        String near = run("show", "magistral-smal").err();
        assertTrue(near.contains("did you mean magistral-small?"), near);
        assertTrue(near.contains("There are: magistral-small, owner/repo:Q4_K_M, nano"), near);
        String repo = run("run", "-m", "repo", "x").err();
        assertTrue(repo.contains("did you mean owner/repo:Q4_K_M?"), repo);
        Tramontane.Result nothing = Tramontane.run("show", "../magistral-small");
        assertEquals(1, nothing.code());
        assertTrue(nothing.err().contains("no such file or folder"), nothing.err());
    }

    @Test
    void cp_gives_a_second_name_and_rm_takes_one_away() {
        importTiny("one");
        assertEquals("two\n", run("cp", "one", "two").out());
        assertEquals(1, run("cp", "one", "two").code());
        assertEquals("one", json("rm", "one", "--json").path("removed").get(0).stringValue());
        assertEquals(1, run("show", "one").code());
        assertEquals(0, run("verify", "two").code());
    }

    @Test
    void rm_removes_nothing_when_one_of_the_names_is_wrong() {
        importTiny("one");
        Tramontane.Result result = run("rm", "one", "tow");
        assertEquals(1, result.code());
        assertEquals("one", json("ls", "--json").path("models").get(0).path("name").stringValue());
        assertEquals(1, run("rm", Tramontane.TINY).code(), "a path is no name");
    }

    @Test
    void verify_names_the_damaged_file_and_fails() throws IOException {
        importTiny("tiny");
        assertEquals(new Tramontane.Result(0, "tiny: whole\n", ""), run("verify"));
        Path file = Path.of(json("ls", "--json").path("models").get(0).path("path").stringValue());
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
        Tramontane.Result damaged = run("verify", "tiny");
        assertEquals(1, damaged.code());
        assertTrue(damaged.out().contains("model-f32.gguf is damaged"), damaged.out());
        assertTrue(damaged.out().contains("tramontane rm tiny"), damaged.out());
        Tramontane.Result asJson = run("verify", "--json");
        assertEquals(1, asJson.code());
        JsonNode answer = Json.parse("output", asJson.out()).path("models").get(0);
        assertFalse(answer.path("whole").booleanValue());
        assertTrue(answer.toString().contains("\"state\":\"damaged\""), answer.toString());
    }

    @Test
    void what_is_no_model_is_not_imported() throws IOException {
        Path text = Files.writeString(home.resolve("notes.gguf"), "no model");
        assertEquals(1, run("import", text.toString()).code());
        assertEquals(1, run("import", home.resolve("missing").toString()).code());
        Tramontane.Result name = run("import", Tramontane.TINY, "--as", "../x");
        assertEquals(2, name.code());
        assertTrue(name.err().contains("a model's name is like"), name.err());
        assertEquals(0, json("ls", "--json").path("models").size());
    }

    @Test
    void offline_a_pull_finds_what_is_here_and_nothing_else() {
        importTiny("owner/repo:F32");
        assertEquals(0, run("pull", "--offline", "hf:owner/repo:F32").code());
        assertEquals("owner/repo:F32\n", run("pull", "--offline", "hf:owner/repo").out());
        Tramontane.Result other = run("pull", "--offline", "hf:owner/other");
        assertEquals(1, other.code());
        assertTrue(other.err().contains("no model of this name"), other.err());
    }
}
