package dev.kindling.driver.launch;

import dev.kindling.api.KindlingListener.ExitReason;
import dev.kindling.driver.core.DrainReason;
import dev.kindling.driver.core.ExecutorPlace;
import dev.kindling.driver.ui.PageProxy;
import dev.kindling.util.Secret;
import java.net.URI;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What makes an application's executors exist: threads in this JVM, processes on this machine, containers of a
 * cluster. It knows nothing of jobs; which executor is lost and whether another one shall be started is for the
 * driver's core to say.
 *
 * <p>Methods are called by {@code driver-loop}, {@code close} by the thread that closes the driver; none waits for an
 * executor except {@code close}.
 */
public interface ClusterLauncher extends AutoCloseable {
    /** What a launcher tells the driver; any thread. */
    interface Listener {
        /**
         * An executor of this id was asked for and will register.
         *
         * @param nonce as it was told to it alone; see {@link dev.kindling.executor.ExecutorBootstrap#newNonce}
         * @param place what is known of where it will run
         */
        void executorRequested(String executorId, Secret nonce, ExecutorPlace place);

        /**
         * The cluster wants this executor back after so long: what it holds moves to others, as far as time allows, and
         * then it is released. One that is not registered is left as it is; one that leaves already has the shorter of
         * both times.
         */
        void executorLeaving(String executorId, DrainReason reason, long withinMs);

        /** Its process is gone; the reason is that of {@code ExitReasons}, or says what the cluster said about it. */
        void executorExited(String executorId, ExitReason reason);

        /** There will be no other executor, and nothing is heard any more of those there are: all jobs fail. */
        void launcherFailed(String why);
    }

    /** By whom people on other machines see the run; empty where nobody does. */
    default Optional<PageProxy> pageProxy() {
        return Optional.empty();
    }

    /** Where that proxy finds the run, for nobody else; before {@link #start}, if at all. */
    default void shownAt(URI addressForProxy) {}

    /** Starts asking for the executors the master names. */
    void start(Listener listener);

    /** An executor has registered with the driver. */
    default void registered(String executorId) {}

    /** Asks for one more executor in the place of a lost one. */
    void replace(String lostExecutorId);

    /** The machine of this executor, which has begun to leave, is taken back after so long. */
    default void machineTakenBack(String executorId, long withinMs) {}

    /** Asks for so many more. */
    default void add(int count) {
        throw new UnsupportedOperationException("the number of executors of this master does not change");
    }

    /** So many of those that were asked for are not wanted any more, as far as none has been begun with. */
    default void cancel(int count) {}

    /**
     * Executors on these hosts would be near what is to be read; holds until it is told again.
     *
     * @param taskCounts by host, how many tasks have their input there
     */
    default void inputLies(SortedMap<String, Integer> taskCounts) {}

    /** Ends this executor, by force if need be. */
    void release(String executorId, String reason);

    /** How many tasks can run at once when all executors are there. */
    int totalCores();

    /**
     * The application is about to end; by the thread that closes the driver, before {@link #close}.
     *
     * @param failure why it has failed; empty when it has not
     */
    default void ending(Optional<String> failure) {}

    /** Ends what is left of all executors; nothing of them runs or lies on disk when it returns. */
    @Override
    void close();
}
