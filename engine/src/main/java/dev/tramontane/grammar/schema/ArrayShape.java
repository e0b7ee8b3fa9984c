package dev.tramontane.grammar.schema;

import java.util.ArrayList;
import java.util.List;

/// Arrays that satisfy all constraints of an alternative.
///
/// @param prefix schemas of each of the first items
/// @param rest schemas of every further item
/// @param contains how many items must or may satisfy more
record ArrayShape(
        List<List<Schema>> prefix,
        List<Schema> rest,
        int least,
        int most,
        List<Constraint.Contains> contains) {
    static ArrayShape of(Alternative alternative) {
        List<Constraint.Items> all = alternative.holding(Constraint.Items.class);
        List<Constraint.Contains> contains = alternative.holding(Constraint.Contains.class);
        int length = 0;
        for (Constraint.Items items : all) {
            length = Math.max(length, items.prefix().size());
        }
        for (Constraint.Contains some : contains) {
            length = Math.max(length, some.from());
        }
        List<List<Schema>> prefix = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            List<Schema> here = new ArrayList<>();
            for (Constraint.Items items : all) {
                here.add(i < items.prefix().size() ? items.prefix().get(i) : items.rest());
            }
            prefix.add(here);
        }
        int least = 0;
        int most = Constraint.UNLIMITED;
        for (Constraint.ItemCount count : alternative.holding(Constraint.ItemCount.class)) {
            least = Math.max(least, count.least());
            most = Math.min(most, count.most());
        }
        List<Schema> rest = all.stream().map(Constraint.Items::rest).toList();
        return new ArrayShape(prefix, rest, least, most, contains);
    }

    /// The schemas of an item.
    List<Schema> item(int index) {
        return index < prefix.size() ? prefix.get(index) : rest;
    }
}
