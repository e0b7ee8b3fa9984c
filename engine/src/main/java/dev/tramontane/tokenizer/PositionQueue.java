package dev.tramontane.tokenizer;

import java.util.Arrays;

/// Positions in a text, smallest first.
///
/// Adding and taking cost constant time as long as positions are added in ascending order, which is
/// how a scan from the left adds them; after that the queue is a binary heap until it is empty.
final class PositionQueue {
    private int[] items = new int[4];
    private int first;
    private int end;
    private boolean heap;

    boolean isEmpty() {
        return first == end;
    }

    void add(int position) {
        if (first == end) {
            first = 0;
            end = 0;
            heap = false;
        }
        if (end == items.length) {
            items = Arrays.copyOfRange(items, first, first + Math.max(8, 2 * (end - first)));
            end -= first;
            first = 0;
        }
        // An ascending run is a heap already, so falling back to one needs no rebuilding.
        heap |= (end > first) && (position < items[end - 1]);
        items[end++] = position;
        if (heap) {
            moveUp(end - 1 - first);
        }
    }

    /// Takes the smallest position; the queue is not empty.
    int take() {
        if (!heap) {
            return items[first++];
        }
        int smallest = items[first];
        items[first] = items[--end];
        moveDown();
        return smallest;
    }

    private void moveUp(int index) {
        int at = index;
        int position = items[first + at];
        while (at > 0 && items[first + (at - 1) / 2] > position) {
            items[first + at] = items[first + (at - 1) / 2];
            at = (at - 1) / 2;
        }
        items[first + at] = position;
    }

    private void moveDown() {
        int size = end - first;
        if (size == 0) {
            return;
        }
        int position = items[first];
        int at = 0;
        for (int child = 1; child < size; child = 2 * at + 1) {
            if (child + 1 < size && items[first + child + 1] < items[first + child]) {
                child++;
            }
            if (items[first + child] >= position) {
                break;
            }
            items[first + at] = items[first + child];
            at = child;
        }
        items[first + at] = position;
    }
}
