package dev.tramontane.grammar.schema;

import dev.tramontane.grammar.Expression;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Networks that read the digits of a plain number without a sign: what is known of the number so
/// far is a place, and each digit leads to the next.
final class DigitNetwork {
    /// How a number lies to a bound.
    enum Order {
        LESS,
        EQUAL,
        MORE;

        Order reversed() {
            return switch (this) {
                case LESS -> MORE;
                case EQUAL -> EQUAL;
                case MORE -> LESS;
            };
        }
    }

    /// What is known of the digits read.
    private sealed interface Place {
        /// Beside a bound: digits of equal places are compared from the left and the first that
        /// differ decide, but for whole parts of different lengths, where the longer is more.
        ///
        /// @param whole whether before the point
        /// @param read digits read of this part, no more than tell places apart
        record Beside(boolean whole, int read, Order order) implements Place {}

        /// A remainder by some modulus.
        ///
        /// @param behind digits read behind the point; -1 before it
        record Remainder(int behind, int remainder) implements Place {}
    }

    private static final Place.Beside START = new Place.Beside(true, 0, Order.EQUAL);

    private final Map<Place, Integer> numbers = new HashMap<>();
    private final List<Place> places = new ArrayList<>();
    private final List<List<Expression.Edge>> edges = new ArrayList<>();
    private final BitSet accepting = new BitSet();

    private DigitNetwork() {}

    /// Numbers that lie so to a bound.
    ///
    /// @param whole digits of the bound before the point, without leading zeros
    /// @param fraction digits behind it, without trailing zeros
    static Expression compared(String whole, String fraction, Set<Order> orders) {
        DigitNetwork network = new DigitNetwork();
        network.state(START);
        for (int i = 0; i < network.places.size(); i++) {
            Place.Beside place = (Place.Beside) network.places.get(i);
            for (char digit = '0'; digit <= '9'; digit++) {
                network.edge(i, digit, after(place, digit, place.whole() ? whole : fraction));
            }
            if (place.whole()) {
                network.edge(i, '.', new Place.Beside(false, 0, ofWhole(place, whole)));
            }
            network.accepting.set(i, orders.contains(ending(place, whole, fraction)));
        }
        return new Expression.Network(network.edges, network.accepting);
    }

    private static Place.Beside after(Place.Beside place, char digit, String bound) {
        int read = place.read();
        boolean decided = place.order() != Order.EQUAL || (place.whole() && read >= bound.length());
        char other = read < bound.length() ? bound.charAt(read) : '0';
        Order order = decided ? place.order() : order(digit, other);
        if (place.whole()) {
            return new Place.Beside(true, Math.min(read + 1, bound.length() + 1), order);
        }
        int next = order == Order.EQUAL ? Math.min(read + 1, bound.length()) : 0;
        return new Place.Beside(false, next, order);
    }

    private static Order order(char digit, char other) {
        return digit < other ? Order.LESS : digit > other ? Order.MORE : Order.EQUAL;
    }

    /// How the whole part that ends here lies to that of the bound.
    private static Order ofWhole(Place.Beside place, String whole) {
        int read = place.read();
        return read < whole.length()
                ? Order.LESS
                : read > whole.length() ? Order.MORE : place.order();
    }

    /// How a number that ends here lies to the bound.
    private static Order ending(Place.Beside place, String whole, String fraction) {
        Order order = place.whole() ? ofWhole(place, whole) : place.order();
        int read = place.whole() ? 0 : place.read();
        boolean boundGoesOn = read < fraction.length(); // and its last digit is not 0
        return order == Order.EQUAL && boundGoesOn ? Order.LESS : order;
    }

    /// Multiples of `modulus · 10^-scale`: the remainder of all digits to the scale-th behind the
    /// point, then zeros.
    static Expression multiples(int modulus, int scale) {
        int[] powers = new int[scale + 1]; // 10^i by the modulus
        powers[0] = 1 % modulus;
        for (int i = 1; i <= scale; i++) {
            powers[i] = 10 * powers[i - 1] % modulus;
        }
        DigitNetwork network = new DigitNetwork();
        network.state(new Place.Remainder(-1, 0));
        for (int i = 0; i < network.places.size(); i++) {
            Place.Remainder place = (Place.Remainder) network.places.get(i);
            boolean whole = place.behind() < 0;
            char last = place.behind() < scale ? '9' : '0';
            int behind = whole ? -1 : Math.min(place.behind() + 1, scale);
            for (char digit = '0'; digit <= last; digit++) {
                int remainder =
                        place.behind() < scale
                                ? (int) ((10L * place.remainder() + digit - '0') % modulus)
                                : place.remainder();
                network.edge(i, digit, new Place.Remainder(behind, remainder));
            }
            if (whole) {
                network.edge(i, '.', new Place.Remainder(0, place.remainder()));
            }
            long written = powers[scale - Math.max(0, place.behind())]; // zeros that end it
            network.accepting.set(i, written * place.remainder() % modulus == 0);
        }
        return new Expression.Network(network.edges, network.accepting);
    }

    private int state(Place place) {
        Integer known = numbers.putIfAbsent(place, places.size());
        if (known != null) {
            return known;
        }
        places.add(place);
        edges.add(new ArrayList<>());
        return places.size() - 1;
    }

    /// Adds an edge, or widens the one before.
    private void edge(int from, char character, Place to) {
        int target = state(to);
        char first = character;
        List<Expression.Edge> leaving = edges.get(from);
        if (!leaving.isEmpty()
                && leaving.getLast().target() == target
                && leaving.getLast().label() instanceof Expression.CharClass(int[] ranges)
                && ranges[1] == character - 1) {
            first = (char) ranges[0];
            leaving.removeLast();
        }
        leaving.add(new Expression.Edge(Expression.characters(first, character), target));
    }

    /// The orders that a bound allows.
    static Set<Order> orders(Constraint.Limit bound) {
        Set<Order> orders = EnumSet.of(bound.lower() ? Order.MORE : Order.LESS);
        if (bound.inclusive()) {
            orders.add(Order.EQUAL);
        }
        return orders;
    }
}
