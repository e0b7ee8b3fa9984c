package dev.tramontane.kernels;

import static dev.tramontane.kernels.Assembler.Place.at;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tramontane.kernels.Assembler.Label;
import dev.tramontane.kernels.Assembler.Place;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Every instruction, in many operands, against the bytes that GNU as makes of the same text.
///
/// The recorded file has a line `bytes | text` a case. With `-Dassembler=write` the test writes the
/// texts to `target/assembler.s`; `as -al=assembler.lst assembler.s` (binutils 2.40) gave the
/// bytes.
class AssemblerTest {
    private static final Path RECORDED = Path.of("src/test/resources/kernels/assembler.txt");

    private static final int[] VECTORS = {0, 5, 8, 13, 16, 22, 27, 31};
    private static final List<Place> PLACES =
            List.of(
                    at(Gpr.RDI, 0),
                    at(Gpr.RBP, 0),
                    at(Gpr.R13, 0),
                    at(Gpr.RSP, 8),
                    at(Gpr.R12, 64),
                    at(Gpr.RAX, 128),
                    at(Gpr.R9, -64),
                    at(Gpr.R10, 4),
                    at(Gpr.RBX, 8128),
                    at(Gpr.RCX, 8192),
                    at(Gpr.RDX, -8192),
                    at(Gpr.RSI, 1234567),
                    at(Gpr.RCX, Gpr.R8, 1, 16),
                    at(Gpr.RSI, Gpr.R8, 2, 18),
                    at(Gpr.R13, Gpr.R9, 4, 0),
                    at(Gpr.R8, Gpr.RBP, 8, -48));

    /// An instruction of three registers.
    private interface Three {
        void emit(Assembler a, int z, int x, int y);
    }

    /// An instruction of two registers.
    private interface Two {
        void emit(Assembler a, int z, int x);
    }

    /// An instruction of a register and memory.
    private interface Memory {
        void emit(Assembler a, int z, Place place);
    }

    private final Map<String, Consumer<Assembler>> cases = new LinkedHashMap<>();

    private static String text(String width, Place place) {
        return width + " ptr " + text(place);
    }

    private static String text(Place place) {
        String base = name(place.base());
        String index = place.index() == null ? "" : "+" + name(place.index()) + "*" + place.scale();
        String offset = place.offset() == 0 ? "" : "%+d".formatted(place.offset());
        return "[" + base + index + offset + "]";
    }

    private static String name(Gpr register) {
        return register.name().toLowerCase(Locale.ROOT);
    }

    private void three(String mnemonic, Three instruction) {
        for (int i = 0; i < VECTORS.length; i++) {
            int z = VECTORS[i];
            int x = VECTORS[(i + 3) % VECTORS.length];
            int y = VECTORS[(i + 6) % VECTORS.length];
            cases.put(
                    "%s zmm%d, zmm%d, zmm%d".formatted(mnemonic, z, x, y),
                    a -> instruction.emit(a, z, x, y));
        }
    }

    private void two(String format, Two instruction) {
        for (int i = 0; i < VECTORS.length; i++) {
            int z = VECTORS[i];
            int x = VECTORS[(i + 5) % VECTORS.length];
            cases.put(format.formatted(z, x), a -> instruction.emit(a, z, x));
        }
    }

    /// @param format takes the register's number, then the memory operand
    private void memory(String format, String width, Memory instruction) {
        for (int i = 0; i < PLACES.size(); i++) {
            int z = VECTORS[i % VECTORS.length];
            Place place = PLACES.get(i);
            cases.put(format.formatted(z, text(width, place)), a -> instruction.emit(a, z, place));
        }
    }

    private void vectors() {
        memory("vmovdqu32 zmm%d, %s", "zmmword", Assembler::load);
        memory("vmovdqu32 %2$s, zmm%1$d", "zmmword", (a, z, place) -> a.store(place, z));
        memory("vbroadcasti32x4 zmm%d, %s", "xmmword", (a, z, p) -> a.vbroadcasti32x4(z, p, 0));
        memory("vbroadcasti32x4 zmm%d{k3}, %s", "xmmword", (a, z, p) -> a.vbroadcasti32x4(z, p, 3));
        memory("vpbroadcastd zmm%d, %s", "dword", Assembler::vpbroadcastd);
        memory("vpandd zmm%1$d, zmm7, %2$s", "zmmword", (a, z, p) -> a.vpandd(z, 7, p));
        memory("vpsrld zmm%d, %s, 4", "zmmword", (a, z, p) -> a.vpsrld(z, p, 4));
        memory("vpslld zmm%d, %s, 3", "zmmword", (a, z, p) -> a.vpslld(z, p, 3));
        memory("vpdpbusd zmm%1$d, zmm19, %2$s{1to16}", "dword", (a, z, p) -> a.vpdpbusd(z, 19, p));
        memory("vcvtph2ps zmm%d, %s", "ymmword", Assembler::vcvtph2ps);
        memory("vmulps zmm%1$d, zmm20, %2$s{1to16}", "dword", (a, z, p) -> a.vmulps(z, 20, p));
        memory(
                "vfmadd231ps zmm%1$d, zmm9, %2$s{1to16}",
                "dword", (a, z, p) -> a.vfmadd231ps(z, 9, p));
        memory(
                "vfnmadd231ps zmm%1$d, zmm21, %2$s{1to16}",
                "dword", (a, z, p) -> a.vfnmadd231ps(z, 21, p));
        memory("vpmovdb %2$s, zmm%1$d", "xmmword", (a, z, p) -> a.vpmovdb(p, z));
        memory("{evex} vmovd %2$s, xmm%1$d", "dword", (a, z, p) -> a.vmovd(p, z));
        three("vpunpckldq", Assembler::vpunpckldq);
        three("vpunpckhdq", Assembler::vpunpckhdq);
        three("vpunpcklqdq", Assembler::vpunpcklqdq);
        three("vpunpckhqdq", Assembler::vpunpckhqdq);
        three("vpshufb", Assembler::vpshufb);
        three("vpandd", Assembler::vpandd);
        three("vpord", Assembler::vpord);
        three("vpxord", Assembler::vpxord);
        three("vpaddd", Assembler::vpaddd);
        three("vpsubusb", Assembler::vpsubusb);
        three("vaddps", Assembler::vaddps);
        three("vmulps", Assembler::vmulps);
        three("vmaxps", Assembler::vmaxps);
        three("vfmadd231ps", Assembler::vfmadd231ps);
        memory("vpmovzxwd zmm%d, %s", "ymmword", Assembler::vpmovzxwd);
        memory("vpmovsxbd zmm%d, %s", "xmmword", Assembler::vpmovsxbd);
        memory("vpbroadcastw zmm%d, %s", "word", Assembler::vpbroadcastw);
        three("vsubps", Assembler::vsubps);
        three("vfmadd213ps", Assembler::vfmadd213ps);
        three("vscalefps", (a, z, x, y) -> a.vscalefps(z, x, y, 0));
        two("vscalefps zmm%d{k2}{z}, zmm%d, zmm18", (a, z, x) -> a.vscalefps(z, x, 18, 2));
        two("vblendmps zmm%d{k1}, zmm%d, zmm29", (a, z, x) -> a.vblendmps(z, x, 29, 1));
        two("vpcmpgtd k1, zmm%d, zmm%d", (a, z, x) -> a.vpcmpgtd(1, z, x, 0));
        two("vpcmpgtd k2{k3}, zmm%d, zmm%d", (a, z, x) -> a.vpcmpgtd(2, z, x, 3));
        two("vrndscaleps zmm%d, zmm%d, 8", Assembler::vrndscaleps);
        cases.put("kortestw k3, k3", a -> a.kortestw(3));
        two("vpternlogd zmm%d, zmm%d, zmm30, 248", (a, z, x) -> a.vpternlogd(z, x, 30, 0xF8));
        two("vshufi32x4 zmm%d, zmm%d, zmm6, 78", (a, z, x) -> a.vshufi32x4(z, x, 6, 0x4E));
        two("vpshufd zmm%d, zmm%d, 177", (a, z, x) -> a.vpshufd(z, x, 0xB1));
        two("vpsrld zmm%d, zmm%d, 4", (a, z, x) -> a.vpsrld(z, x, 4));
        two("vpsrad zmm%d, zmm%d, 24", (a, z, x) -> a.vpsrad(z, x, 24));
        two("vpslld zmm%d, zmm%d, 16", (a, z, x) -> a.vpslld(z, x, 16));
        two("vcvtdq2ps zmm%d, zmm%d", Assembler::vcvtdq2ps);
        two("vcvtps2dq zmm%d, zmm%d", Assembler::vcvtps2dq);
        two("vpmovdw ymm%d, zmm%d", Assembler::vpmovdw);
        two("vcvtph2ps zmm%d, ymm%d", Assembler::vcvtph2ps);
        two("vdivps zmm%d{k1}{z}, zmm%d, zmm17", (a, z, x) -> a.vdivps(z, x, 17, 1));
        two("vcmpneqps k2, zmm%d, zmm%d", (a, z, x) -> a.vcmpneqps(2, z, x));
        cases.put("vzeroupper", Assembler::vzeroupper);
    }

    private void wholeNumbers() {
        List<Gpr> registers = List.of(Gpr.values());
        for (Gpr register : registers) {
            String r = name(register);
            Gpr other = registers.get((register.number() + 5) % 16);
            Place place = PLACES.get(register.number());
            cases.put("vpbroadcastd zmm17, " + lower(register), a -> a.vpbroadcastd(17, register));
            cases.put("kmovw k3, " + lower(register), a -> a.kmovw(3, register));
            cases.put("mov %s, %s".formatted(r, text("qword", place)), a -> a.mov(register, place));
            cases.put("mov %s, %s".formatted(text("qword", place), r), a -> a.mov(place, register));
            cases.put("mov %s, %s".formatted(r, name(other)), a -> a.mov(register, other));
            cases.put("mov %s, 1000".formatted(lower(register)), a -> a.mov(register, 1000));
            cases.put("lea %s, %s".formatted(r, text(place)), a -> a.lea(register, place));
            cases.put("add %s, %s".formatted(r, name(other)), a -> a.add(register, other));
            cases.put("add %s, -18".formatted(r), a -> a.add(register, -18));
            if (register != Gpr.RAX) {
                cases.put("add %s, 4608".formatted(r), a -> a.add(register, 4608));
                cases.put(
                        "test %s, 65536".formatted(lower(register)), a -> a.test(register, 65536));
            }
            cases.put("dec " + r, a -> a.dec(register));
            cases.put("test %s, %s".formatted(r, name(other)), a -> a.test(register, other));
            cases.put("push " + r, a -> a.push(register));
            cases.put("pop " + r, a -> a.pop(register));
            cases.put("prefetcht0 " + text("byte", place), a -> a.prefetcht0(place));
            cases.put("prefetcht1 " + text("byte", place), a -> a.prefetcht1(place));
        }
        cases.put("ret", Assembler::ret);
        cases.put("cpuid", Assembler::cpuid);
        cases.put("xgetbv", Assembler::xgetbv);
    }

    private static String lower(Gpr register) {
        String name = name(register);
        return register.number() < 8 ? "e" + name.substring(1) : name + "d";
    }

    @Test
    void every_instruction_has_the_bytes_that_gnu_as_gives_it() throws IOException {
        vectors();
        wholeNumbers();
        if ("write".equals(System.getProperty("assembler"))) {
            String source = ".intel_syntax noprefix\n" + String.join("\n", cases.keySet()) + "\n";
            Files.writeString(Path.of("target/assembler.s"), source);
        }
        Map<String, String> recorded =
                Files.readAllLines(RECORDED).stream()
                        .map(line -> line.split(" \\| "))
                        .collect(Collectors.toMap(parts -> parts[1], parts -> parts[0]));
        assertEquals(recorded.keySet(), cases.keySet());
        cases.forEach(
                (text, instruction) -> {
                    var a = new Assembler();
                    instruction.accept(a);
                    assertEquals(recorded.get(text), HexFormat.of().formatHex(a.bytes()), text);
                });
    }

    @Test
    void jumps_reach_labels_on_both_sides() {
        var a = new Assembler();
        var back = new Label();
        var ahead = new Label();
        a.bind(back);
        a.jz(ahead);
        a.ret();
        a.jnz(back);
        a.bind(ahead);
        a.ret();
        byte[] expected = HexFormat.of().parseHex("0f8407000000" + "c3" + "0f85f3ffffff" + "c3");
        assertArrayEquals(expected, a.bytes());
    }

    @Test
    void what_has_no_encoding_is_refused() {
        assertThrows(IllegalArgumentException.class, () -> at(Gpr.RAX, Gpr.RSP, 1, 0));
        assertThrows(IllegalArgumentException.class, () -> at(Gpr.RAX, Gpr.RBX, 3, 0));
    }
}
