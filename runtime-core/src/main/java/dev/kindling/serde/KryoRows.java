package dev.kindling.serde;

import com.esotericsoftware.kryo.kryo5.KryoException;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.KryoBufferOverflowException;
import com.esotericsoftware.kryo.kryo5.io.Output;
import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;

/**
 * Pages of rows that no column takes. One Kryo serves all pages of a thread, row by row; each page has a table of class
 * names of its own, so it can be read apart from all others. Used by one thread.
 */
final class KryoRows {
    private static final int LARGE_ROW_BYTES = 1 << 10;

    private final PageClassResolver resolver;
    private final RowKryo kryo;

    KryoRows(RowClasses classes) {
        resolver = new PageClassResolver(classes);
        kryo = new RowKryo(resolver, classes);
    }

    OpenPage openPage(RowCodecs codecs) {
        return new Writing(codecs);
    }

    PageRows readPage(byte[] bytes, int at, int length) {
        return new PageRows(new Input(bytes, at, length));
    }

    private final class Writing extends OpenPage {
        private static final int FIRST_BYTES = 64;
        private static final long LEAST_LIMIT_BYTES = 1 << 20;

        private final Output output;
        private final PageClassResolver.Names names = new PageClassResolver.Names();
        private int countedBytes;
        private int rows;

        private final long maxRowBytes;

        private Writing(RowCodecs codecs) {
            super(codecs);
            maxRowBytes = codecs.maxRowBytes();
            // A page is closed before it holds that much, unless one row does.
            output = new Output(
                    FIRST_BYTES, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(LEAST_LIMIT_BYTES, maxRowBytes)));
            count();
        }

        private void count() {
            int capacity = output.getBuffer().length;
            if (capacity != countedBytes) {
                grow(capacity - countedBytes);
                countedBytes = capacity;
            }
        }

        @Override
        int addAll(Object[] some, int from, int to) {
            int at = from;
            while (at < to && rows < checkAtRow) {
                add(some[at++]);
            }
            return at - from;
        }

        @Override
        int add(Object row) {
            resolver.use(names);
            try {
                kryo.writeClassAndObject(output, row);
            } catch (KryoBufferOverflowException e) {
                throw RowTooLarge.above(maxRowBytes);
            } catch (KryoException e) {
                throw Unserializable.of(row, e);
            } catch (StackOverflowError e) {
                throw new KindlingException(
                        ErrorCode.NOT_SERIALIZABLE,
                        "a row of class " + row.getClass().getName()
                                + " is nested too deep for the thread's stack, such as a long chain of objects."
                                + " Keep such data in a list or an array, or run with a larger stack (-Xss).");
            }
            rows++;
            count();
            return rows;
        }

        @Override
        int rows() {
            return rows;
        }

        @Override
        int rawBytes() {
            return output.position();
        }

        @Override
        int bodyBytes() {
            return output.position();
        }

        @Override
        void writeBody(byte[] target, int at) {
            System.arraycopy(output.getBuffer(), 0, target, at, output.position());
        }

        @Override
        byte format() {
            return KRYO;
        }

        @Override
        boolean empty() {
            return false; // rows that columns take may have come back
        }
    }

    /** The rows of one page, in order. */
    final class PageRows {
        private final Input input;
        private final PageClassResolver.Names names = new PageClassResolver.Names();

        private float heapPerByte;

        private PageRows(Input input) {
            this.input = input;
        }

        /** Returns the heap bytes of the rows: one of sixteen and each large one is measured, for all others like it. */
        long read(Object[] target, int from, int count) {
            resolver.use(names);
            long heapBytes = 0;
            try {
                for (int i = 0; i < count; i++) {
                    int start = input.position();
                    Object row = kryo.readClassAndObject(input);
                    target[from + i] = row;
                    int encodedBytes = input.position() - start;
                    if ((i & 0xf) == 0 || encodedBytes >= LARGE_ROW_BYTES) {
                        long measured = HeapSize.of(row);
                        heapBytes += measured;
                        heapPerByte = (float) measured / encodedBytes;
                    } else {
                        heapBytes += (long) (encodedBytes * heapPerByte);
                    }
                }
                return heapBytes;
            } catch (KryoException | IllegalArgumentException e) {
                throw Unserializable.onReading(e);
            }
        }
    }
}
