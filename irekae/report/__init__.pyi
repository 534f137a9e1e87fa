from . import announcing as announcing
from . import offline_manual as offline_manual
