package dev.kindling.driver;

import dev.kindling.driver.launch.ClusterLauncher;
import dev.kindling.driver.launch.InProcessLauncher;
import dev.kindling.driver.launch.ResultFetcher;

/** An application's executors and the ways to and from them. */
interface Cluster extends AutoCloseable {
    ClusterLauncher launcher();

    /** Gets results that executors keep. */
    ResultFetcher results();

    /** Asks for the executors, and lets them in. */
    void start(Driver driver);

    /** Ends executors, connections and their threads. */
    @Override
    void close();

    /** Executors inside the driver's JVM: no sockets. */
    record InThisJvm(InProcessLauncher launcher) implements Cluster {
        @Override
        public ResultFetcher results() {
            return launcher;
        }

        @Override
        public void start(Driver driver) {
            launcher.start(driver);
        }

        @Override
        public void close() {
            launcher.close();
        }
    }
}
