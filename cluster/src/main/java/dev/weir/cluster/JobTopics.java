package dev.weir.cluster;

import dev.weir.cluster.job.TopicOptions;
import dev.weir.cluster.job.TopicOptions.Begin;
import dev.weir.cluster.job.TopicOptions.SensorTimes;
import dev.weir.export.message.FlowMessage;
import dev.weir.server.config.ClusterJob.Topic;
import dev.weir.server.config.ClusterJob.Until;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The topics of a job's file: what readers need to know, and whether they are there. */
final class JobTopics {
    private static final int WAIT_MILLIS = 10_000;
    private static final String GROUP = "weir-job-";

    private JobTopics() {}

    /** How a job of that name reads it. */
    static TopicOptions options(Topic topic, String job) throws JobFailure {
        return new TopicOptions(
                topic.brokers(),
                topic.topic(),
                properties(topic.properties()),
                topic.group().orElseGet(() -> group(job)),
                Begin.valueOf(topic.from().name()),
                topic.until() == Until.LATEST,
                new SensorTimes(
                        topic.sensors(),
                        topic.outOfOrder().toNanos(),
                        topic.idle().map(Duration::toMillis).orElse(TopicOptions.NEVER)),
                topic.ahead().toNanos());
    }

    private static String group(String job) {
        return shortened(GROUP + named(job));
    }

    /** A job's name, as far as sensors and groups can be called so. */
    static String named(String job) {
        return shortened(job.replaceAll("[^A-Za-z0-9._-]", "-"));
    }

    private static String shortened(String name) {
        return name.substring(0, Math.min(name.length(), FlowMessage.MAX_NAME));
    }

    /** Settings of Kafka's client from a file. */
    static Map<String, String> properties(Optional<String> file) throws JobFailure {
        var settings = new HashMap<String, String>();
        if (file.isPresent()) {
            String name = file.get();
            var read = new Properties();
            try (Reader in = Files.newBufferedReader(Path.of(name))) {
                read.load(in);
            } catch (IOException | IllegalArgumentException e) {
                String why = e instanceof NoSuchFileException || e instanceof InvalidPathException
                        ? "no such file"
                        : String.valueOf(e.getMessage());
                throw new JobFailure(name + ": " + why + "; give 'properties' a readable file");
            }
            read.stringPropertyNames().forEach(each -> settings.put(each, read.getProperty(each)));
        }
        return settings;
    }

    static void check(TopicOptions topic) throws JobFailure {
        check(topic.brokers(), topic.topic(), topic.properties());
    }

    /** Asks the brokers for the topic: a job that finds none would only start again and again. */
    static void check(List<String> brokers, String topic, Map<String, String> properties) throws JobFailure {
        String place = place(brokers, topic);
        var settings = new HashMap<String, Object>(properties);
        settings.put("bootstrap.servers", String.join(",", brokers));
        settings.put("default.api.timeout.ms", WAIT_MILLIS);
        settings.put("request.timeout.ms", WAIT_MILLIS / 2);
        settings.put("enable.metrics.push", false);
        try (Admin admin = Admin.create(settings)) {
            admin.describeTopics(List.of(topic)).allTopicNames().get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                throw new JobFailure(place + ": no such topic; make it, or give another");
            }
            throw new JobFailure(place + ": " + said(e) + "; see to brokers and properties");
        } catch (KafkaException e) {
            throw new JobFailure(place + ": " + said(e) + "; see to brokers and properties");
        } catch (TimeoutException e) {
            throw new JobFailure(place + ": no answer; see that brokers listen there");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JobFailure("interrupted");
        }
    }

    static String place(List<String> brokers, String topic) {
        return String.join(",", brokers) + "/" + topic;
    }

    /** What somebody who waits for brokers was told, in a line. */
    static String said(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    }
}
