package dev.tramontane.contract;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.common.AbstractChatModelIT;
import dev.langchain4j.model.chat.request.ChatRequestParameters;

import org.junit.jupiter.api.AfterAll;

/// What LangChain4j asks of every provider, asked of this server through one of its modules.
///
/// What of it is skipped without a word here is what should fail where something is not supported:
/// it is.
abstract class ServedChatModelIT extends AbstractChatModelIT {
    /// Where a test names no model.
    static final ChatRequestParameters SCRIPT =
            ChatRequestParameters.builder().modelName("script").build();

    final Serving serving = Serving.of(Scene.KNOWING);

    @AfterAll
    void stop() {
        serving.close();
    }

    /// The module's model with these defaults, which name the model.
    abstract ChatModel client(ChatRequestParameters defaults);

    @Override
    protected final ChatModel createModelWith(ChatRequestParameters parameters) {
        return client(parameters.defaultedBy(SCRIPT));
    }

    @Override
    protected final String customModelName() {
        return "other";
    }

    /// The scripted model has no eyes; what is asked instead is that an image is refused.
    @Override
    protected final boolean supportsSingleImageInputAsBase64EncodedString() {
        return false;
    }

    /// As above; and the tests that have no images of their own would fetch one from the network.
    @Override
    protected final boolean supportsSingleImageInputAsPublicURL() {
        return false;
    }

    /// An image is to be refused by the client as what it does not support; here it is the server
    /// that does, with a status, which makes another exception.
    @Override
    protected final boolean assertExceptionType() {
        return false;
    }
}
