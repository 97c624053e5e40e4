package dev.kindling.serde;

import dev.kindling.api.spi.CountedGroup;
import java.util.ArrayList;

/** Lists of one class of elements: their sizes, and all elements in one column. Groups become lists here. */
final class ListColumn extends Column {
    private final NumberColumn.Ints sizes;
    private final Column elements;

    private ListColumn(Column elements, OpenPage page) {
        super(page);
        this.sizes = new NumberColumn.Ints(page);
        this.elements = elements;
    }

    /** Null for an empty list, which says nothing about the elements of the next one. */
    static Column like(Iterable<?> list, int depth, OpenPage page) {
        for (Object first : list) {
            Column elements = columnFor(first, depth + 1, page);
            return elements == null ? null : new ListColumn(elements, page);
        }
        return null;
    }

    @Override
    boolean add(Object value) {
        if (value == null || value.getClass() != ArrayList.class && !(value instanceof CountedGroup<?>)) {
            return false;
        }
        int elementsBefore = elements.count;
        for (Object element : (Iterable<?>) value) {
            if (!elements.add(element)) {
                elements.truncate(elementsBefore);
                return false;
            }
        }
        sizes.addInt(elements.count - elementsBefore);
        count++;
        return true;
    }

    @Override
    void truncate(int kept) {
        int keptElements = 0;
        for (int i = 0; i < kept; i++) {
            keptElements += sizes.values[i];
        }
        elements.truncate(keptElements);
        sizes.truncate(kept);
        count = kept;
    }

    @Override
    int schemaBytes() {
        return 1 + elements.schemaBytes();
    }

    @Override
    int writeSchema(byte[] target, int at) {
        target[at] = LIST;
        return elements.writeSchema(target, at + 1);
    }

    @Override
    int encodedBytes() {
        return sizes.encodedBytes() + elements.encodedBytes();
    }

    @Override
    int encode(byte[] target, int at) {
        return elements.encode(target, sizes.encode(target, at));
    }

    @Override
    int rawBytes() {
        return sizes.rawBytes() + elements.rawBytes();
    }
}
