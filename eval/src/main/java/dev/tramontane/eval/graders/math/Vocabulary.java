package dev.tramontane.eval.graders.math;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What LaTeX commands, characters and words stand for.
final class Vocabulary {
    private Vocabulary() {}

    /// Commands that are signs of the parser.
    static final Map<String, String> SIGNS =
            pairs(
                    "times * cdot * ast * star * bullet * div / over OVER choose CHOOSE le <= leq <= leqslant <= leqq <= ge >= geq >="
                            + " geqslant >= geqq >= ne != neq != lt < gt > approx ~ sim ~ simeq ~ doteq ~ cong ~ equiv =="
                            + " pm ± mp ∓ in in cup ∪ cap ∩ setminus \\ smallsetminus \\ backslash \\ lbrace \\{ rbrace \\}"
                            + " lbrack [ rbrack ] langle ⟨ rangle ⟩ lvert | rvert | vert | mid | lVert ‖ rVert ‖"
                            + " Vert ‖ colon : infty ∞ to → rightarrow → implies → Rightarrow → Longrightarrow → mapsto →"
                            + " longrightarrow → iff → Leftrightarrow → ldots … dots … cdots … dotsc … dotsb … circ ∘"
                            + " degree ° lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ emptyset ∅ varnothing ∅ prime ' pounds £ euro €"
                            + " bmod mod land , wedge , lor or vee or lparen ( rparen ) cdotp *");

    /// Characters that are commands or signs.
    static final Map<String, String> CHARACTERS =
            pairs(
                    "− - – - — - ‐ - ‑ - ﹣ - × * · * ⋅ * ∙ * • * ∗ * ⨯ * ÷ / ∕ / ⁄ / ≤ <= ⩽ <= ≥ >= ⩾ >= ≠ != ≈ ~ ≃ ~ ≅ ~"
                            + " ≡ == ∈ in ∖ \\ ⟨ ⟨ 〈 ⟨ ⟩ ⟩ 〉 ⟩ ∣ | → → ⇒ → ⟹ → ⇔ → … … ∘ ∘ º ° ˚ ° ′ ' ’ ' ∅ ∅ ∪ ∪ ∩ ∩ ± ± ∓ ∓ ∞ ∞"
                            + " ° ° € € £ £ ¥ ¥ ₹ ₹ ⌊ ⌊ ⌋ ⌋ ⌈ ⌈ ⌉ ⌉ ‖ ‖ ∨ or ∧ , 、 , ، , ； ; ： : （ ( ） ) ， , ％ % ۔ . ∶ :");

    /// Characters that are whole pieces of LaTeX.
    static final Map<String, String> SPELLED =
            pairs(
                    "½ \\frac{1}{2} ⅓ \\frac{1}{3} ⅔ \\frac{2}{3} ¼ \\frac{1}{4} ¾ \\frac{3}{4} ⅕ \\frac{1}{5} ⅖ \\frac{2}{5}"
                            + " ⅗ \\frac{3}{5} ⅘ \\frac{4}{5} ⅙ \\frac{1}{6} ⅚ \\frac{5}{6} ⅐ \\frac{1}{7} ⅛ \\frac{1}{8}"
                            + " ⅜ \\frac{3}{8} ⅝ \\frac{5}{8} ⅞ \\frac{7}{8} ⅑ \\frac{1}{9} ⅒ \\frac{1}{10}"
                            + " ℝ \\mathbb{R} ℤ \\mathbb{Z} ℕ \\mathbb{N} ℚ \\mathbb{Q}"
                            + " ℂ \\mathbb{C} ∑ \\sum ∏ \\prod ∫ \\int");

    /// Raised and lowered digits and signs, in order of what they stand for.
    static final String RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿⁱ";

    static final String LOWERED = "₀₁₂₃₄₅₆₇₈₉₊₋₍₎ₙᵢ";
    static final String PLAIN = "0123456789+-()ni";

    /// Functions of the parser, by every name they go by.
    static final Map<String, String> FUNCTIONS =
            pairs(
                    "cis cis sin sin cos cos tan tan cot cot sec sec csc csc cosec csc tg tan ctg cot arcsin asin arccos acos"
                            + " arctan atan arctg atan asin asin acos acos atan atan sinh sinh cosh cosh tanh tanh sh sinh"
                            + " ch cosh th tanh arsinh asinh arcsinh asinh asinh asinh artanh atanh arctanh atanh atanh atanh arcosh acosh arccosh acosh acosh acosh arccot acot arcsec asec arccsc acsc"
                            + " log log lg lg ln ln exp exp sqrt sqrt cbrt cbrt gcd gcd lcm lcm max max min min det det"
                            + " abs abs floor floor ceil ceil binom binom dbinom binom tbinom binom frac frac dfrac frac"
                            + " tfrac frac cfrac frac begin begin end end overline overline bar overline sum sum prod prod"
                            + " int int lim lim pmod pmod boxed boxed fbox boxed factorial factorial nCr binom comb binom"
                            + " Re Re Im Im arg arg deg degree dim dim ker ker sgn sgn erf erf Gamma Gamma zeta zeta");

    /// Functions whose names are also set as text, and are no words.
    static final Set<String> NAMED_IN_TEXT =
            Set.of("lcm", "gcd", "cis", "sin", "cos", "tan", "log", "det");

    /// Letters by name.
    static final Set<String> GREEK =
            Set.of(
                    ("alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi"
                                    + " rho sigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma"
                                    + " Phi Psi Omega ell hbar partial nabla aleph beth omicron")
                            .split(" "));

    static final String GREEK_CHARACTERS = "αβγδεζηθικλμνξοπρστυφχψωΓΔΘΛΞΠΣΦΨΩ";
    static final List<String> GREEK_NAMES =
            List.of(
                    ("alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau"
                                    + " upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega")
                            .split(" "));

    /// Commands that only say how something looks; those in braces keep their contents.
    static final Set<String> LOOKS =
            Set.of(
                    ("left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr middle displaystyle textstyle"
                                    + " scriptstyle limits nolimits quad qquad thinspace medspace thickspace enspace rm bf it"
                                    + " cal sf tt tiny small large Large normalsize hfill hline nonumber notag mathstrut"
                                    + " strut vec hat tilde widehat widetilde boldsymbol pmb bm ensuremath underline"
                                    + " overrightarrow mathring dot ddot smash tag angle measuredangle triangle therefore"
                                    + " because square blacksquare qed noindent relax protect mathop mathrel mathbin"
                                    + " mathord mathopen mathclose centering par newline allowbreak null")
                            .split(" "));

    /// Commands whose argument says nothing.
    static final Set<String> DROPPED_WITH_ARGUMENT =
            Set.of(
                    "hspace",
                    "vspace",
                    "phantom",
                    "hphantom",
                    "vphantom",
                    "color",
                    "label",
                    "tag",
                    "kern",
                    "mkern");

    /// Commands whose braces hold words.
    static final Set<String> TEXTS =
            Set.of(
                    "text",
                    "textbf",
                    "textit",
                    "textrm",
                    "textnormal",
                    "textsf",
                    "texttt",
                    "mbox",
                    "hbox",
                    "emph",
                    "textup",
                    "textsc");

    /// Commands whose braces hold a symbol, a function's name or a unit.
    static final Set<String> LETTERINGS =
            Set.of(
                    "mathrm",
                    "mathbf",
                    "mathit",
                    "mathsf",
                    "mathtt",
                    "mathcal",
                    "mathscr",
                    "mathfrak",
                    "operatorname",
                    "bold");

    /// What stands between one answer and the next, in the languages that answers come in.
    static final Map<String, String> SEPARATORS =
            pairs(
                    "and , or or y , e , et , und , oder or ou or o or и , или or и́ , و , أو or 和 , 或 or 及 , と , または or");

    /// Words in front of an answer that add nothing to it.
    static final Set<String> FILLERS =
            Set.of(
                    ("all every any approximately about exactly roughly around the a an is are equals equal either both answer value total"
                                    + " final result only units unit")
                            .split(" "));

    private static Map<String, String> pairs(String text) {
        String[] words = text.strip().split("\\s+");
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < words.length; i += 2) {
            map.put(words[i], words[i + 1]);
        }
        return Map.copyOf(map);
    }
}
