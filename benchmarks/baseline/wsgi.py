"""The WSGI application that granian serves, as it serves the site's."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
