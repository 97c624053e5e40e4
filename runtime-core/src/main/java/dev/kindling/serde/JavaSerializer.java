package dev.kindling.serde;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.KryoException;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.NotSerializableException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.OutputStream;
import java.lang.reflect.Proxy;

/**
 * Objects by Java serialization, as a length and a stream of their own. Reading goes through the application's class
 * loader and a filter: allowed classes only, no array longer than the bytes it is read from, bounded depth.
 */
final class JavaSerializer extends Serializer<Object> {
    /** Far above any honest object; below what the stack of a task thread bears. */
    private static final long MAX_DEPTH = 1_000;

    private static final int LENGTH_BYTES = 4;

    private final RowClasses classes;

    JavaSerializer(RowClasses classes) {
        this.classes = classes;
    }

    @Override
    public void write(Kryo kryo, Output output, Object value) {
        if (output.getOutputStream() == null) {
            writeInPlace(output, value);
        } else {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            write(value, bytes);
            output.writeInt(bytes.size());
            output.writeBytes(bytes.toByteArray());
        }
    }

    /** Straight into the page, which ends where a row is too large: what the object writes may have any length. */
    private static void writeInPlace(Output page, Object value) {
        int start = page.position();
        page.writeInt(0);
        write(value, page);
        int end = page.position();
        page.setPosition(start);
        page.writeInt(end - start - LENGTH_BYTES);
        page.setPosition(end);
    }

    private static void write(Object value, OutputStream to) {
        try (ObjectOutputStream stream = new ObjectOutputStream(to)) {
            stream.writeObject(value);
        } catch (NotSerializableException e) {
            throw new Unserializable(e.getMessage(), value.getClass(), e);
        } catch (IOException e) {
            throw new KryoException(e);
        }
    }

    @Override
    public Object read(Kryo kryo, Input input, Class<? extends Object> type) {
        byte[] bytes = input.readBytes(input.readInt());
        AllowedClasses.StreamFilter filter = new AllowedClasses.StreamFilter(bytes.length, MAX_DEPTH);
        try (ObjectInputStream stream = new ApplicationStream(new ByteArrayInputStream(bytes), filter)) {
            return stream.readObject();
        } catch (IOException | ClassNotFoundException e) {
            throw filter.refusal().<RuntimeException>map(refusal -> refusal).orElseGet(() -> new KryoException(e));
        }
    }

    private final class ApplicationStream extends ObjectInputStream {
        private ApplicationStream(InputStream in, ObjectInputFilter filter) throws IOException {
            super(in);
            setObjectInputFilter(filter);
        }

        @Override
        protected Class<?> resolveClass(ObjectStreamClass description) throws IOException, ClassNotFoundException {
            try {
                return Class.forName(description.getName(), false, classes.loader());
            } catch (ClassNotFoundException e) {
                return super.resolveClass(description); // names of primitive types
            }
        }

        @Override
        protected Class<?> resolveProxyClass(String[] interfaces) throws ClassNotFoundException {
            Class<?>[] types = new Class<?>[interfaces.length];
            for (int i = 0; i < types.length; i++) {
                types[i] = Class.forName(interfaces[i], false, classes.loader());
            }
            return Proxy.newProxyInstance(classes.loader(), types, (proxy, method, arguments) -> null)
                    .getClass();
        }
    }
}
