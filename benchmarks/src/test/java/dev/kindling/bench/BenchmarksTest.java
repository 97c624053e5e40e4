package dev.kindling.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kindling.bench.micro.GroupBenchmark;
import dev.kindling.bench.micro.LineBenchmark;
import dev.kindling.bench.micro.PageBenchmark;
import dev.kindling.bench.storage.TextShape;
import org.junit.jupiter.api.Test;

/** Every benchmark does the same work as the simple way beside it; its setup compares them. */
class BenchmarksTest {
    @Test
    void linesAreTheSame() throws Exception {
        for (TextShape shape : TextShape.values()) {
            LineBenchmark benchmark = new LineBenchmark();
            benchmark.shape = shape;
            benchmark.textBytes = 300_000;
            benchmark.write();
            assertEquals(benchmark.bufferedReader(), benchmark.lineReader());
            benchmark.delete();
        }
    }

    @Test
    void pagesGiveBackEveryRow() throws Exception {
        for (String rows : new String[] {"numbers", "strings", "mixed"}) {
            PageBenchmark benchmark = new PageBenchmark();
            benchmark.rows = rows;
            benchmark.fill();
            assertEquals(benchmark.readJava(), benchmark.read());
        }
    }

    @Test
    void groupsAreTheSame() {
        GroupBenchmark benchmark = new GroupBenchmark();
        benchmark.keys = 1_000;
        benchmark.open();
        benchmark.close();
    }
}
