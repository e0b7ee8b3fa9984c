package dev.tramontane.server;

import dev.tramontane.wire.ResponseWriter;
import dev.tramontane.wire.Responses;

import tools.jackson.databind.node.ObjectNode;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/// The responses that are remembered, in memory and within bounds, each for its owner alone.
///
/// Where there are too many, whoever has the most loses those that nobody asked about for longest:
/// one owner's flood is not another's loss. A conversation is kept by its parts, each response with
/// its own items and the id of the one before; going on from one counts as asking about all of
/// them.
final class ResponseStore {
    private static final long BYTES_BESIDE = 512; // of maps and objects, for each response and item

    private final Bounds bounds;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Shelf> shelves = new HashMap<>();
    private int responses;
    private long bytes;

    /// How much is remembered of all owners together.
    ///
    /// @param responses at most
    /// @param bytes of them at most
    record Bounds(int responses, long bytes) {
        static final Bounds STANDARD = new Bounds(4096, 64L << 20);
    }

    ResponseStore(Bounds bounds) {
        this.bounds = bounds;
    }

    /// @param json its own, so that equal items are the same one
    private record Item(String id, byte[] json) {
        static Item of(ObjectNode item) {
            return new Item(item.path("id").stringValue(), encoded(item));
        }
    }

    /// @param response as it was told
    /// @param inputs the items of its request
    /// @param outputs its own
    private record Stored(
            Optional<String> previous, byte[] response, List<Item> inputs, List<Item> outputs) {
        List<Item> all() {
            return Stream.concat(inputs.stream(), outputs.stream()).toList();
        }

        long bytes() {
            long sum = BYTES_BESIDE + response.length;
            for (Item item : all()) {
                sum += BYTES_BESIDE + item.json().length;
            }
            return sum;
        }
    }

    /// What one owner has, those that were asked about last at the end.
    private static final class Shelf {
        final Map<String, Stored> responses = new LinkedHashMap<>(16, 0.75f, true);

        /// By their ids; several have the same where a client sent one again.
        final Map<String, List<Item>> items = new HashMap<>();

        long bytes;

        void index(Stored stored) {
            stored.all()
                    .forEach(
                            item ->
                                    items.computeIfAbsent(item.id(), _ -> new ArrayList<>())
                                            .add(item));
        }

        void forget(Stored stored) {
            for (Item item : stored.all()) {
                items.computeIfPresent(
                        item.id(),
                        (_, same) -> {
                            same.remove(item);
                            return same.isEmpty() ? null : same;
                        });
            }
        }
    }

    private static byte[] encoded(ObjectNode json) {
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static ObjectNode decoded(byte[] json) {
        return (ObjectNode) Json.parse(json);
    }

    /// Remembers a response that has ended. One that is larger than all the room there is is
    /// forgotten at once.
    void put(String owner, Responses.Memory memory, ResponseWriter.Ended ended) {
        var stored =
                new Stored(
                        memory.previous(),
                        encoded(ended.response()),
                        memory.items().stream().map(Item::of).toList(),
                        ended.items().stream().map(Item::of).toList());
        String id = ended.response().path("id").stringValue();
        lock.lock();
        try {
            Shelf shelf = shelves.computeIfAbsent(owner, _ -> new Shelf());
            shelf.responses.put(id, stored);
            shelf.index(stored);
            add(shelf, 1, stored.bytes());
            while (bytes > bounds.bytes()) {
                forgetOneOfWhoHasMost(each -> each.bytes);
            }
            while (responses > bounds.responses()) {
                forgetOneOfWhoHasMost(each -> each.responses.size());
            }
        } finally {
            lock.unlock();
        }
    }

    private void add(Shelf shelf, int more, long moreBytes) {
        responses += more;
        bytes += moreBytes;
        shelf.bytes += moreBytes;
    }

    private void forgetOneOfWhoHasMost(ToLongFunction<Shelf> amount) {
        Map.Entry<String, Shelf> fullest =
                shelves.entrySet().stream()
                        .max(Comparator.comparingLong(each -> amount.applyAsLong(each.getValue())))
                        .orElseThrow();
        Iterator<String> oldest = fullest.getValue().responses.keySet().iterator();
        remove(fullest.getKey(), fullest.getValue(), oldest.next());
    }

    /// Whether there was one.
    private boolean remove(String owner, Shelf shelf, String id) {
        Stored stored = shelf.responses.remove(id);
        if (stored == null) {
            return false;
        }
        add(shelf, -1, -stored.bytes());
        shelf.forget(stored);
        if (shelf.responses.isEmpty()) {
            shelves.remove(owner);
        }
        return true;
    }

    /// Forgets one.
    ///
    /// @throws RefusedException when the owner has none of this id
    void delete(String owner, String id) {
        lock.lock();
        try {
            Shelf shelf = shelves.get(owner);
            if (shelf == null || !remove(owner, shelf, id)) {
                throw RefusedException.noResponse(id);
            }
        } finally {
            lock.unlock();
        }
    }

    /// A response as it was told.
    Optional<ObjectNode> find(String owner, String id) {
        return get(owner, id).map(stored -> decoded(stored.response()));
    }

    /// What its request brought with it.
    Optional<List<ObjectNode>> inputs(String owner, String id) {
        return get(owner, id)
                .map(stored -> stored.inputs().stream().map(item -> decoded(item.json())).toList());
    }

    private Optional<Stored> get(String owner, String id) {
        lock.lock();
        try {
            return Optional.ofNullable(shelves.get(owner)).map(shelf -> shelf.responses.get(id));
        } finally {
            lock.unlock();
        }
    }

    /// What an owner's next request may go on from.
    Responses.Past past(String owner) {
        return new Responses.Past() {
            @Override
            public List<ObjectNode> conversation(String responseId) {
                List<ObjectNode> items = new ArrayList<>();
                for (Stored stored : line(owner, responseId)) {
                    stored.all().forEach(item -> items.add(decoded(item.json())));
                }
                return items;
            }

            @Override
            public Optional<ObjectNode> item(String id) {
                lock.lock();
                try {
                    return Optional.ofNullable(shelves.get(owner))
                            .map(shelf -> shelf.items.get(id))
                            .map(same -> decoded(same.getLast().json()));
                } finally {
                    lock.unlock();
                }
            }
        };
    }

    /// A response and those before it, the first of them first.
    private Deque<Stored> line(String owner, String id) {
        lock.lock();
        try {
            Shelf shelf = shelves.getOrDefault(owner, new Shelf());
            Deque<Stored> line = new ArrayDeque<>();
            Deque<String> ids = new ArrayDeque<>();
            for (Optional<String> next = Optional.of(id); next.isPresent(); ) {
                Stored stored = shelf.responses.get(next.get());
                if (stored == null) {
                    throw RefusedException.noPrevious(next.get(), next.get().equals(id));
                }
                line.addFirst(stored);
                ids.addFirst(next.get());
                next = stored.previous();
            }
            // the end of a conversation is worth nothing without its beginning
            ids.descendingIterator().forEachRemaining(shelf.responses::get);
            return line;
        } finally {
            lock.unlock();
        }
    }

    /// How many are remembered.
    int size() {
        lock.lock();
        try {
            return responses;
        } finally {
            lock.unlock();
        }
    }
}
