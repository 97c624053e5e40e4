package dev.kindling.contract;

import dev.kindling.api.KindlingContext;
import dev.kindling.testkit.KindlingExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operator against {@code java.util.stream}, on executors in processes of their own. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ContractIT {
    @RegisterExtension
    static final KindlingExtension KINDLING = KindlingExtension.localCluster(2, 1, "128m");

    @TempDir
    static Path directory;

    static List<Contract> all() {
        return Contracts.ALL;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("all")
    void anOperatorDoesWhatStreamsDo(Contract contract, KindlingContext kindling) throws Exception {
        for (Data data : Data.values()) {
            Contracts.check(kindling, data, contract, Files.createTempDirectory(directory, "case"));
        }
    }
}
