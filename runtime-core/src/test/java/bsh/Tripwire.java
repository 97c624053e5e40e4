package bsh;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serial;
import java.io.Serializable;

/**
 * Acts when it is read, as classes of some libraries do that let whoever writes the bytes run commands. It has the name of
 * such a library, and does no harm: it remembers.
 */
public final class Tripwire {
    private static boolean isSprung;

    private Tripwire() {}

    /** Whether one has acted since the last call. */
    public static boolean wasSprung() {
        boolean was = isSprung;
        isSprung = false;
        return was;
    }

    /** By Java serialization. */
    public static final class OnRead implements Serializable {
        @Serial
        private static final long serialVersionUID = 1L;

        @Serial
        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            isSprung = true;
        }
    }

    /** As a key of a map, however that is read. */
    public static final class OnHash implements Serializable {
        @Serial
        private static final long serialVersionUID = 1L;

        @Override
        public int hashCode() {
            isSprung = true;
            return 7;
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }
    }
}
