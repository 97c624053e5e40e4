package dev.kindling.bench.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.Tuple2;
import io.netty.handler.ssl.OpenSsl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A program that brings netty-tcnative, as the class path of benchmarks does. */
class NativeTlsIT {
    private static final Path MAPPED = Path.of("/proc/self/maps");

    /** Whether the process of a task has BoringSSL in its memory. */
    private static boolean hasBoringSsl() throws IOException {
        return Files.readString(MAPPED).contains("netty_tcnative");
    }

    /** Of four tasks in two executor processes, those that see it; a shuffle has gone between these. */
    private static long tasksWithBoringSsl(KindlingConf conf) {
        try (KindlingContext kindling = new KindlingContext("local-cluster[2,1,128]", "native", conf)) {
            assertEquals(
                    3,
                    kindling.range(0, 1_000, 1, 4)
                            .mapToPair(i -> Tuple2.of(i % 3, 1L))
                            .reduceByKey(Long::sum)
                            .count());
            return kindling.range(0, 4, 1, 4).filter(i -> hasBoringSsl()).count();
        }
    }

    @Test
    void executorsHaveItWhenTheDriverDoesAndUnderstandItWhenTheyDoNot() {
        assumeTrue(Files.isReadable(MAPPED), "this system does not tell what a process has in its memory");
        KindlingConf encrypted = new KindlingConf().set("kindling.rpc.tls", "true");
        KindlingConf platforms = new KindlingConf()
                .setAll(encrypted.getAll())
                .set("kindling.executor.javaOptions", "-Dio.netty.handler.ssl.noOpenSsl=true");

        assertTrue(OpenSsl.isAvailable());
        assertEquals(4, tasksWithBoringSsl(encrypted));
        assertEquals(0, tasksWithBoringSsl(platforms));
    }
}
