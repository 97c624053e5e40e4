package dev.kindling.serde;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import com.esotericsoftware.kryo.kryo5.objenesis.strategy.StdInstantiatorStrategy;
import com.esotericsoftware.kryo.kryo5.util.DefaultInstantiatorStrategy;

final class KryoRows {
    private final Kryo kryo = new Kryo();

    KryoRows(ClassLoader loader) {
        kryo.setRegistrationRequired(false);
        kryo.setReferences(true);
        kryo.setClassLoader(loader);
        kryo.setInstantiatorStrategy(new DefaultInstantiatorStrategy(new StdInstantiatorStrategy()));
    }

    OpenPage openPage() {
        return new OpenPage();
    }

    PageRows readPage(byte[] bytes, int position, int end) {
        Input input = new Input(bytes, position, end - position);
        input.readByte();
        int rows = input.readInt();
        int length = input.readInt();
        return new PageRows(input, rows, position + 9 + length);
    }

    final class OpenPage {
        private final Output output = new Output(256, -1);
        private int rows;

        OpenPage() {
            output.writeByte(0);
            output.writeInt(0);
            output.writeInt(0);
        }

        void append(Object row) {
            kryo.writeClassAndObject(output, row);
            rows++;
        }

        int byteCount() {
            return output.position();
        }

        byte[] close() {
            int length = output.position();
            output.setPosition(1);
            output.writeInt(rows);
            output.writeInt(length - 9);
            output.setPosition(length);
            return output.toBytes();
        }
    }

    final class PageRows {
        private final Input input;
        private int remaining;
        private final int end;

        PageRows(Input input, int remaining, int end) {
            this.input = input;
            this.remaining = remaining;
            this.end = end;
        }

        int remaining() {
            return remaining;
        }

        Object next() {
            remaining--;
            return kryo.readClassAndObject(input);
        }

        int end() {
            return end;
        }
    }
}
