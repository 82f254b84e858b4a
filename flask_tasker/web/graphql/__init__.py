"""The GraphQL API; what it is made of needs the extra ``graphql``, and is imported when it is first asked."""
