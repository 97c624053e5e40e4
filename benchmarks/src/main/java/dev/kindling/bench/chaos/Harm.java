package dev.kindling.bench.chaos;

import java.io.IOException;
import java.io.Serial;
import java.io.Serializable;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a job's function does to its own executor at one of its rows, the first time that row is computed. Travels to
 * executors.
 *
 * @param row at which
 * @param mark a file that tells later attempts that it was done
 */
record Harm(Kind kind, long row, String mark) implements Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    enum Kind {
        NONE,
        EXIT,
        HEAP,
        LOOP
    }

    static final Harm NONE = new Harm(Kind.NONE, -1, "");

    void at(long reached) throws IOException {
        if (reached == row && isFirst()) {
            switch (kind) {
                case EXIT -> System.exit(3);
                case HEAP -> fillHeap();
                case LOOP -> loop();
                case NONE -> {}
            }
        }
    }

    private boolean isFirst() throws IOException {
        try {
            Files.createFile(Path.of(mark));
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    private static void fillHeap() {
        List<long[]> all = new ArrayList<>();
        while (!all.contains(null)) {
            all.add(new long[1 << 16]);
        }
    }

    /** Whatever is asked of it. */
    private static void loop() {
        for (long turn = 1; turn != 0; turn++) {
            Thread.onSpinWait();
        }
    }
}
