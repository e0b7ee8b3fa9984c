package dev.tramontane.kernels;

import static dev.tramontane.kernels.Place.at;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tramontane.kernels.Assembler.Label;

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
import java.util.function.Function;
import java.util.stream.Collectors;

/// Every instruction, in many operands, against the bytes that GNU as makes of the same text.
///
/// The recorded file has a line `bytes | text` a case. With `-Dassembler=write` the test writes the
/// texts to `target/assembler.s`; `as -al=assembler.lst assembler.s` (binutils 2.40) gave the
/// bytes.
class AssemblerTest {
    private static final Path RECORDED = Path.of("src/test/resources/kernels/assembler.txt");

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

    /// An assembler of vector instructions.
    ///
    /// @param register what registers are called
    /// @param numbers of some registers that it has
    private record Family<A>(Function<CodeBuffer, A> assembler, String register, int[] numbers) {
        private int number(int i) {
            return numbers[i % numbers.length];
        }
    }

    private static final int[] OF_32 = {0, 5, 8, 13, 16, 22, 27, 31};
    private static final int[] OF_16 = {0, 3, 5, 8, 10, 12, 13, 15};
    private static final Family<VectorAssembler> WIDE =
            new Family<>(code -> new VectorAssembler(code, 64), "zmm", OF_32);
    private static final Family<VectorAssembler> NARROW =
            new Family<>(code -> new VectorAssembler(code, 32), "ymm", OF_16);
    private static final Family<Avx512Assembler> AVX512 =
            new Family<>(Avx512Assembler::new, "zmm", OF_32);
    private static final Family<Avx2Assembler> AVX2 =
            new Family<>(Avx2Assembler::new, "ymm", OF_16);

    /// An instruction of three registers.
    private interface Three<A> {
        void emit(A a, int z, int x, int y);
    }

    /// An instruction of two registers.
    private interface Two<A> {
        void emit(A a, int z, int x);
    }

    /// An instruction of a register and memory.
    private interface Memory<A> {
        void emit(A a, int z, Place place);
    }

    private final Map<String, Consumer<CodeBuffer>> cases = new LinkedHashMap<>();

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

    private <A> void three(Family<A> family, String mnemonic, Three<A> instruction) {
        for (int i = 0; i < family.numbers.length; i++) {
            int z = family.number(i);
            int x = family.number(i + 3);
            int y = family.number(i + 6);
            String format = mnemonic + " R%d, R%d, R%d";
            cases.put(
                    format.replace("R", family.register).formatted(z, x, y),
                    code -> instruction.emit(family.assembler.apply(code), z, x, y));
        }
    }

    /// @param format takes the registers' numbers; `R` stands for what they are called
    private <A> void two(Family<A> family, String format, Two<A> instruction) {
        for (int i = 0; i < family.numbers.length; i++) {
            int z = family.number(i);
            int x = family.number(i + 5);
            cases.put(
                    format.replace("R", family.register).formatted(z, x),
                    code -> instruction.emit(family.assembler.apply(code), z, x));
        }
    }

    /// @param format takes the register's number, then the memory operand
    private <A> void memory(Family<A> family, String format, String width, Memory<A> instruction) {
        for (int i = 0; i < PLACES.size(); i++) {
            int z = family.number(i);
            Place place = PLACES.get(i);
            cases.put(
                    format.replace("R", family.register).formatted(z, text(width, place)),
                    code -> instruction.emit(family.assembler.apply(code), z, place));
        }
    }

    /// @param elements what EVEX adds to the names of operations on bits
    private void vectors(Family<VectorAssembler> family, String elements, String moved) {
        String whole = family.register + "word";
        String and = "vpand" + elements;
        String xor = "vpxor" + elements;
        memory(family, moved + " R%d, %s", whole, VectorAssembler::load);
        memory(family, moved + " %2$s, R%1$d", whole, (a, z, place) -> a.store(place, z));
        memory(family, "vpbroadcastd R%d, %s", "dword", VectorAssembler::vpbroadcastd);
        memory(family, "vpshufb R%1$d, R7, %2$s", whole, (a, z, p) -> a.vpshufb(z, 7, p));
        memory(family, and + " R%1$d, R7, %2$s", whole, (a, z, p) -> a.vpand(z, 7, p));
        memory(family, xor + " R%1$d, R7, %2$s", whole, (a, z, p) -> a.vpxor(z, 7, p));
        memory(family, "vpaddb R%1$d, R7, %2$s", whole, (a, z, p) -> a.vpaddb(z, 7, p));
        memory(family, "vpsubusb R%1$d, R7, %2$s", whole, (a, z, p) -> a.vpsubusb(z, 7, p));
        three(family, "vpunpckldq", VectorAssembler::vpunpckldq);
        three(family, "vpunpckhdq", VectorAssembler::vpunpckhdq);
        three(family, "vpunpcklqdq", VectorAssembler::vpunpcklqdq);
        three(family, "vpunpckhqdq", VectorAssembler::vpunpckhqdq);
        three(family, "vpshufb", VectorAssembler::vpshufb);
        three(family, and, VectorAssembler::vpand);
        three(family, "vpor" + elements, VectorAssembler::vpor);
        three(family, xor, VectorAssembler::vpxor);
        three(family, "vpaddb", VectorAssembler::vpaddb);
        three(family, "vpaddd", VectorAssembler::vpaddd);
        three(family, "vpsubusb", VectorAssembler::vpsubusb);
        three(family, "vaddps", VectorAssembler::vaddps);
        three(family, "vaddpd", VectorAssembler::vaddpd);
        three(family, "vmulps", VectorAssembler::vmulps);
        three(family, "vsubps", VectorAssembler::vsubps);
        three(family, "vdivps", VectorAssembler::vdivps);
        three(family, "vminps", VectorAssembler::vminps);
        three(family, "vmaxps", VectorAssembler::vmaxps);
        three(family, "vfmadd213ps", VectorAssembler::vfmadd213ps);
        three(family, "vpermd", VectorAssembler::vpermd);
        three(family, "vpsubd", VectorAssembler::vpsubd);
        three(family, "vpmulld", VectorAssembler::vpmulld);
        three(family, "vfmadd231ps", VectorAssembler::vfmadd231ps);
        two(family, "vpshufd R%d, R%d, 177", (a, z, x) -> a.vpshufd(z, x, 0xB1));
        two(family, "vpsrld R%d, R%d, 4", (a, z, x) -> a.vpsrld(z, x, 4));
        two(family, "vpsrad R%d, R%d, 24", (a, z, x) -> a.vpsrad(z, x, 24));
        two(family, "vpslld R%d, R%d, 16", (a, z, x) -> a.vpslld(z, x, 16));
        two(family, "vcvtdq2ps R%d, R%d", VectorAssembler::vcvtdq2ps);
        two(family, "vcvtps2dq R%d, R%d", VectorAssembler::vcvtps2dq);
        two(family, "vsqrtps R%d, R%d", VectorAssembler::vsqrtps);
        memory(family, "vpbroadcastw R%d, %s", "word", VectorAssembler::vpbroadcastw);
    }

    private void bothWidths() {
        vectors(WIDE, "d", "vmovdqu32");
        vectors(NARROW, "", "vmovdqu");
        memory(WIDE, "{evex} vmovd %2$s, xmm%1$d", "dword", (a, z, p) -> a.vmovd(p, z));
        memory(NARROW, "vmovd %2$s, xmm%1$d", "dword", (a, z, p) -> a.vmovd(p, z));
        memory(WIDE, "{evex} vmovq %2$s, xmm%1$d", "qword", (a, z, p) -> a.vmovq(p, z));
        memory(NARROW, "vmovq %2$s, xmm%1$d", "qword", (a, z, p) -> a.vmovq(p, z));
        memory(WIDE, "vcvtph2ps R%d, %s", "ymmword", VectorAssembler::vcvtph2ps);
        memory(NARROW, "vcvtph2ps R%d, %s", "xmmword", VectorAssembler::vcvtph2ps);
        memory(WIDE, "vpmovzxwd R%d, %s", "ymmword", VectorAssembler::vpmovzxwd);
        memory(NARROW, "vpmovzxwd R%d, %s", "xmmword", VectorAssembler::vpmovzxwd);
        memory(WIDE, "vpmovzxbd R%d, %s", "xmmword", VectorAssembler::vpmovzxbd);
        memory(NARROW, "vpmovzxbd R%d, %s", "qword", VectorAssembler::vpmovzxbd);
        memory(WIDE, "vpmovsxbd R%d, %s", "xmmword", VectorAssembler::vpmovsxbd);
        memory(NARROW, "vpmovsxbd R%d, %s", "qword", VectorAssembler::vpmovsxbd);
        two(WIDE, "vrndscaleps R%d, R%d, 8", VectorAssembler::vroundps);
        two(NARROW, "vroundps R%d, R%d, 8", VectorAssembler::vroundps);
        two(WIDE, "vcvtph2ps zmm%d, ymm%d", VectorAssembler::vcvtph2ps);
        two(NARROW, "vcvtph2ps ymm%d, xmm%d", VectorAssembler::vcvtph2ps);
        two(WIDE, "vcvtps2pd zmm%d, ymm%d", VectorAssembler::vcvtps2pd);
        two(NARROW, "vcvtps2pd ymm%d, xmm%d", VectorAssembler::vcvtps2pd);
        cases.put("vzeroupper", code -> new VectorAssembler(code, 32).vzeroupper());
    }

    private void avx512() {
        memory(
                AVX512,
                "vbroadcasti32x4 R%d, %s",
                "xmmword",
                (a, z, p) -> a.vbroadcasti32x4(z, p, 0));
        memory(
                AVX512,
                "vbroadcasti32x4 R%d{k3}, %s",
                "xmmword",
                (a, z, p) -> a.vbroadcasti32x4(z, p, 3));
        memory(AVX512, "vpsrld R%d, %s, 4", "zmmword", (a, z, p) -> a.vpsrld(z, p, 4));
        memory(AVX512, "vpslld R%d, %s, 3", "zmmword", (a, z, p) -> a.vpslld(z, p, 3));
        memory(
                AVX512,
                "vpdpbusd R%1$d, zmm19, %2$s{1to16}",
                "dword",
                (a, z, p) -> a.vpdpbusd(z, 19, p));
        memory(
                AVX512,
                "vpdpwssd R%1$d, zmm18, %2$s{1to16}",
                "dword",
                (a, z, p) -> a.vpdpwssd(z, 18, p));
        memory(
                AVX512,
                "vmulps R%1$d, zmm20, %2$s{1to16}",
                "dword",
                (a, z, p) -> a.vmulps(z, 20, p));
        memory(
                AVX512,
                "vfmadd231ps R%1$d, zmm9, %2$s{1to16}",
                "dword",
                (a, z, p) -> a.vfmadd231ps(z, 9, p));
        memory(
                AVX512,
                "vfnmadd231ps R%1$d, zmm21, %2$s{1to16}",
                "dword",
                (a, z, p) -> a.vfnmadd231ps(z, 21, p));
        memory(AVX512, "vpmovdw %2$s, R%1$d", "ymmword", (a, z, p) -> a.vpmovdw(p, z));
        memory(AVX512, "vpmovdb %2$s, R%1$d", "xmmword", (a, z, p) -> a.vpmovdb(p, z));
        memory(AVX512, "kmovw %2$s, k5", "word", (a, z, p) -> a.kmovw(p, 5));
        two(AVX512, "vpmovd2m k6, R%2$d", (a, z, x) -> a.vpmovd2m(6, x));
        two(AVX512, "vblendmps R%d{k1}, R%d, zmm29", (a, z, x) -> a.vblendmps(z, x, 29, 1));
        two(AVX512, "vpcmpgtd k1, R%d, R%d", (a, z, x) -> a.vpcmpgtd(1, z, x, 0));
        two(AVX512, "vpcmpgtd k2{k3}, R%d, R%d", (a, z, x) -> a.vpcmpgtd(2, z, x, 3));
        cases.put("kortestw k3, k3", code -> new Avx512Assembler(code).kortestw(3));
        two(AVX512, "vpternlogd R%d, R%d, zmm30, 248", (a, z, x) -> a.vpternlogd(z, x, 30, 0xF8));
        two(AVX512, "vshufi32x4 R%d, R%d, zmm6, 78", (a, z, x) -> a.vshufi32x4(z, x, 6, 0x4E));
        two(AVX512, "vpmovdw ymm%d, zmm%d", Avx512Assembler::vpmovdw);
        two(AVX512, "vdivps R%d{k1}{z}, R%d, zmm17", (a, z, x) -> a.vdivps(z, x, 17, 1));
        two(AVX512, "vcmpneqps k2, R%d, R%d", (a, z, x) -> a.vcmpneqps(2, z, x));
        two(AVX512, "vdpbf16ps R%d, R%d, zmm25", (a, z, x) -> a.vdpbf16ps(z, x, 25));
        for (Gpr register : Gpr.values()) {
            String from = lower(register);
            cases.put(
                    "vpbroadcastd zmm17, " + from,
                    code -> new Avx512Assembler(code).vpbroadcastd(17, register));
            cases.put("kmovw k3, " + from, code -> new Avx512Assembler(code).kmovw(3, register));
        }
    }

    private void avx2() {
        memory(AVX2, "vmovdqu xmm%d, %s", "xmmword", Avx2Assembler::loadHalf);
        memory(AVX2, "vmovdqu %2$s, xmm%1$d", "xmmword", (a, z, p) -> a.storeHalf(p, z));
        memory(AVX2, "vpextrw %2$s, xmm%1$d, 5", "word", (a, z, p) -> a.vpextrw(p, z, 5));
        two(AVX2, "vcvtps2ph xmm%d, ymm%d, 0", Avx2Assembler::vcvtps2ph);
        two(AVX2, "vptest R%d, R%d", Avx2Assembler::vptest);
        two(AVX2, "vblendvps R%d, R%d, ymm4, ymm13", (a, z, x) -> a.vblendvps(z, x, 4, 13));
        three(AVX2, "vpcmpgtd", Avx2Assembler::vpcmpgtd);
        three(AVX2, "vpackusdw", Avx2Assembler::vpackusdw);
        memory(
                AVX2,
                "vinserti128 R%1$d, R9, %2$s, 1",
                "xmmword",
                (a, z, p) -> a.vinserti128(z, 9, p, 1));
        memory(AVX2, "vpmaddwd R%1$d, R6, %2$s", "ymmword", (a, z, p) -> a.vpmaddwd(z, 6, p));
        three(AVX2, "vpmaddubsw", Avx2Assembler::vpmaddubsw);
        three(AVX2, "vpaddw", Avx2Assembler::vpaddw);
        three(AVX2, "vpsignb", Avx2Assembler::vpsignb);
        three(AVX2, "{vex} vpdpbusd", Avx2Assembler::vpdpbusd);
        three(AVX2, "vcmpneqps", Avx2Assembler::vcmpneqps);
        three(AVX2, "vfnmadd231ps", Avx2Assembler::vfnmadd231ps);
        two(AVX2, "vperm2i128 R%d, R%d, ymm11, 1", (a, z, x) -> a.vperm2i128(z, x, 11, 1));
        two(AVX2, "vpermq R%d, R%d, 8", (a, z, x) -> a.vpermq(z, x, 8));
        two(AVX2, "vpbroadcastd R%d, xmm%d", Avx2Assembler::vpbroadcastd);
        two(AVX2, "vpabsb R%d, R%d", Avx2Assembler::vpabsb);
        for (Gpr register : Gpr.values()) {
            cases.put(
                    "vmovd xmm11, " + lower(register),
                    code -> new Avx2Assembler(code).vmovd(11, register));
            cases.put(
                    "vmovmskps %s, ymm12".formatted(lower(register)),
                    code -> new Avx2Assembler(code).vmovmskps(register, 12));
        }
    }

    private void whole(String text, Consumer<Assembler> instruction) {
        cases.put(text, code -> instruction.accept(new Assembler(code)));
    }

    private void wholeNumbers() {
        List<Gpr> registers = List.of(Gpr.values());
        for (Gpr register : registers) {
            String r = name(register);
            Gpr other = registers.get((register.number() + 5) % 16);
            Place place = PLACES.get(register.number());
            whole("mov %s, %s".formatted(r, text("qword", place)), a -> a.mov(register, place));
            whole("mov %s, %s".formatted(text("qword", place), r), a -> a.mov(place, register));
            whole("mov %s, %s".formatted(r, name(other)), a -> a.mov(register, other));
            whole("mov %s, 1000".formatted(lower(register)), a -> a.mov(register, 1000));
            whole("lea %s, %s".formatted(r, text(place)), a -> a.lea(register, place));
            whole("add %s, %s".formatted(r, name(other)), a -> a.add(register, other));
            whole("add %s, -18".formatted(r), a -> a.add(register, -18));
            if (register != Gpr.RAX) {
                whole("add %s, 4608".formatted(r), a -> a.add(register, 4608));
                whole("test %s, 65536".formatted(lower(register)), a -> a.test(register, 65536));
            }
            whole("dec " + r, a -> a.dec(register));
            whole("test %s, %s".formatted(r, name(other)), a -> a.test(register, other));
            whole("push " + r, a -> a.push(register));
            whole("pop " + r, a -> a.pop(register));
            whole("prefetcht0 " + text("byte", place), a -> a.prefetcht0(place));
            whole("prefetcht1 " + text("byte", place), a -> a.prefetcht1(place));
        }
        for (Gpr register : registers.subList(0, 4)) { // al, cl, dl, bl
            String byteName = name(register).charAt(1) + "l";
            for (Place place : PLACES) {
                whole(
                        "mov %s, %s".formatted(text("byte", place), byteName),
                        a -> a.movb(place, register));
            }
        }
        whole("ret", Assembler::ret);
        whole("cpuid", Assembler::cpuid);
        whole("xgetbv", Assembler::xgetbv);
    }

    private static String lower(Gpr register) {
        String name = name(register);
        return register.number() < 8 ? "e" + name.substring(1) : name + "d";
    }

    @Test
    void every_instruction_has_the_bytes_that_gnu_as_gives_it() throws IOException {
        bothWidths();
        avx512();
        avx2();
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
                    var code = new CodeBuffer();
                    instruction.accept(code);
                    assertEquals(recorded.get(text), HexFormat.of().formatHex(code.bytes()), text);
                });
    }

    @Test
    void jumps_reach_labels_on_both_sides() {
        var code = new CodeBuffer();
        var a = new Assembler(code);
        var back = new Label();
        var ahead = new Label();
        a.bind(back);
        a.jz(ahead);
        a.ret();
        a.jnz(back);
        a.bind(ahead);
        a.ret();
        byte[] expected = HexFormat.of().parseHex("0f8407000000" + "c3" + "0f85f3ffffff" + "c3");
        assertArrayEquals(expected, code.bytes());
    }

    @Test
    void what_has_no_encoding_is_refused() {
        assertThrows(IllegalArgumentException.class, () -> at(Gpr.RAX, Gpr.RSP, 1, 0));
        assertThrows(IllegalArgumentException.class, () -> at(Gpr.RAX, Gpr.RBX, 3, 0));
        var narrow = new VectorAssembler(new CodeBuffer(), 32);
        assertThrows(IllegalArgumentException.class, () -> narrow.vpor(16, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> narrow.vpor(0, 16, 0));
        assertThrows(IllegalArgumentException.class, () -> narrow.vpor(0, 0, 16));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Assembler(new CodeBuffer()).add(Gpr.RAX, 4608));
    }
}
