package dev.kindling.serde;

import com.esotericsoftware.kryo.kryo5.KryoException;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * One object of any size to a stream of bytes and back, as rows are written but with no page to hold it: memory is
 * needed for the object and, while it is written or read, for a reference to each of its parts. It comes back with the
 * classes it had. Any thread.
 */
public final class ValueStream {
    private static final int BUFFER_BYTES = 64 << 10;

    private ValueStream() {}

    /**
     * Writes the value; the stream stays open.
     *
     * @throws KindlingException {@code NOT_SERIALIZABLE} when a part of it cannot be written
     * @throws IOException of the stream
     */
    public static void write(Object value, ClassLoader userClasses, OutputStream target) throws IOException {
        Output output = new Output(target, BUFFER_BYTES);
        try {
            kryo(userClasses).writeClassAndObject(output, value);
            output.flush();
        } catch (KryoException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw Unserializable.of("a value of class " + value.getClass().getName(), "it", e);
        } catch (StackOverflowError e) {
            throw new KindlingException(
                    ErrorCode.NOT_SERIALIZABLE,
                    "an object of class " + value.getClass().getName()
                            + " is nested too deep for the thread's stack, such as a long chain of objects; keep such"
                            + " data in a list or an array, or run with a larger stack (-Xss)");
        }
    }

    /**
     * Reads what was written.
     *
     * @param source bytes that were checked before: they are believed
     * @throws IOException of the stream
     */
    public static Object read(InputStream source, ClassLoader userClasses) throws IOException {
        try {
            return kryo(userClasses).readClassAndObject(new Input(source, BUFFER_BYTES));
        } catch (KryoException | IllegalArgumentException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw Unserializable.onReading(e);
        }
    }

    private static RowKryo kryo(ClassLoader userClasses) {
        RowClasses classes = new RowClasses(userClasses);
        PageClassResolver resolver = new PageClassResolver(classes);
        resolver.use(new PageClassResolver.Names());
        return new RowKryo(resolver, classes);
    }
}
